package org.blockraft.peer;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.blockraft.endorse.PrivateDataPeers;
import org.blockraft.gossip.GossipMember;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.Policy;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.identity.SignedData;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/** Private data to and from the peers that gossip knows. */
final class GossipPrivateData implements PrivateDataPeers {
  private final OtherPeers others;
  private final Function<String, ChannelConfig> configs;

  /**
   * @param configs the configuration in force of a joined channel
   */
  GossipPrivateData(OtherPeers others, Function<String, ChannelConfig> configs) {
    this.others = others;
    this.configs = configs;
  }

  /** A member is whose word about the channel satisfies the collection's member policy. */
  @Override
  public List<Peer> members(String channelId, StaticCollectionConfig collection) {
    Policy policy =
        SignaturePolicies.compile(
            collection.getMemberOrgsPolicy().getSignaturePolicy(), configs.apply(channelId).msps());
    List<Peer> members = new ArrayList<>();
    for (GossipMember member : others.ofChannel(channelId)) {
      Envelope said = member.stateInfo();
      try {
        policy.evaluateSignedData(
            List.of(new SignedData(said.getPayload(), member.identity(), said.getSignature())));
        members.add(new Peer(member.pkiId(), member.mspId()));
      } catch (IdentityException e) {
        // Not a member.
      }
    }
    return members;
  }

  @Override
  public boolean send(Peer peer, String channelId, PrivatePayload payload) {
    return others.sendPrivateData(peer.pkiId(), channelId, payload);
  }

  /** What another peer sent, as the transient store keeps it. */
  static TxPvtReadWriteSetWithConfigInfo received(PrivatePayload payload) {
    ByteString writes = payload.getPrivateRwset();
    TxPvtReadWriteSet set =
        TxPvtReadWriteSet.newBuilder()
            .addNsPvtRwset(
                NsPvtReadWriteSet.newBuilder()
                    .setNamespace(payload.getNamespace())
                    .addCollectionPvtRwset(
                        CollectionPvtReadWriteSet.newBuilder()
                            .setCollectionName(payload.getCollectionName())
                            .setRwset(writes)))
            .build();
    return TxPvtReadWriteSetWithConfigInfo.newBuilder()
        .setPvtRwset(set)
        .putCollectionConfigs(payload.getNamespace(), payload.getCollectionConfigs())
        .build();
  }
}
