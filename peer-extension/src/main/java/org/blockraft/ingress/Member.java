package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.hyperledger.fabric.protos.gossip.Envelope;

/**
 * A peer that is known to be alive, as one channel sees it.
 *
 * @param pkiId its id in gossip
 * @param mspId its organization
 * @param endpoint where others reach it, "host:port"
 * @param identity its serialized identity
 * @param height of its ledger on the channel
 * @param chaincodes the chaincodes it can run on the channel: name and sequence
 * @param endorser reaches its endorser
 * @param alive its signed alive message
 * @param stateInfo its signed state of the channel; empty when seen outside of any channel
 */
public record Member(
    ByteString pkiId,
    String mspId,
    String endpoint,
    ByteString identity,
    long height,
    Map<String, String> chaincodes,
    EndorserClient endorser,
    Envelope alive,
    Envelope stateInfo) {
  public Member {
    chaincodes = Map.copyOf(chaincodes);
  }
}
