package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import org.hyperledger.fabric.protos.gossip.Chaincode;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.Properties;

/**
 * Another peer that is alive.
 *
 * @param endpoint where to reach it
 * @param height its number of blocks of the channel; zero outside of any channel
 * @param chaincodes what it can run on the channel: name and version
 * @param alive its signed sign of life
 * @param stateInfo what it said of the channel; empty outside of any channel
 */
public record GossipMember(
    ByteString pkiId,
    String mspId,
    String endpoint,
    ByteString identity,
    long height,
    Map<String, String> chaincodes,
    Envelope alive,
    Envelope stateInfo) {

  public GossipMember {
    chaincodes = Map.copyOf(chaincodes);
  }

  static GossipMember of(
      NetworkMember member, PeerIdentities identities, Properties properties, Envelope stateInfo) {
    Map<String, String> chaincodes = new HashMap<>();
    for (Chaincode chaincode : properties.getChaincodesList()) {
      chaincodes.put(chaincode.getName(), chaincode.getVersion());
    }
    return new GossipMember(
        member.pkiId(),
        identities.mspId(member.pkiId()),
        member.preferredEndpoint(),
        identities.identity(member.pkiId()).orElse(ByteString.EMPTY),
        properties.getLedgerHeight(),
        chaincodes,
        member.alive().envelope(),
        stateInfo);
  }
}
