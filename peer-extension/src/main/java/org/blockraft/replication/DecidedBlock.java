package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.List;
import org.blockraft.cluster.wire.StoredPrivate;

/**
 * A block whose flags another node has decided.
 *
 * @param body the serialized block: as the orderer sent it, or as it is stored
 * @param flags one validation code per transaction, before MVCC or final; empty when the body is a
 *     stored block, which has them in its metadata
 * @param privateData what the sender holds of the block's private write sets, for a stored block
 */
public record DecidedBlock(
    long number, ByteString body, ByteString flags, List<StoredPrivate> privateData) {

  boolean stored() {
    return flags.isEmpty();
  }
}
