package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.List;
import org.blockraft.cluster.wire.StoredPrivate;

/**
 * A block from this node's disk.
 *
 * @param block serialized, with flags and commit hash in its metadata
 * @param privateData the private write sets of its transactions that this node has
 */
public record StoredBlock(ByteString block, List<StoredPrivate> privateData) {}
