package org.blockraft.gossip;

import com.google.protobuf.ByteString;

/**
 * The authenticated other end of a stream.
 *
 * @param identity its serialized identity
 * @param probe whether it only wanted to know who we are
 */
record RemotePeer(ByteString pkiId, ByteString identity, String mspId, boolean probe) {}
