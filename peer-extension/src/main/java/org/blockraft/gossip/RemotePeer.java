package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.gossip.Envelope;

/**
 * The authenticated other end of a stream.
 *
 * @param identity its serialized identity
 * @param hello its signed first message
 * @param probe whether it only wanted to know who we are
 */
record RemotePeer(
    ByteString pkiId, ByteString identity, String mspId, Envelope hello, boolean probe) {}
