package org.blockraft.ingress;

import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.discovery.EndorsementDescriptor;
import org.hyperledger.fabric.protos.discovery.Layout;
import org.hyperledger.fabric.protos.discovery.Peer;
import org.hyperledger.fabric.protos.discovery.Peers;

/**
 * Ways to collect the endorsements that a transaction needs.
 *
 * @param chaincode the first chaincode of the interest
 * @param groups members by group; a group stands for a principal
 * @param layouts how many endorsements of which groups are enough together
 */
record EndorserLayouts(
    String chaincode, Map<String, List<Member>> groups, List<Map<String, Integer>> layouts) {
  /** As the discovery service shows it. */
  EndorsementDescriptor descriptor() {
    EndorsementDescriptor.Builder descriptor =
        EndorsementDescriptor.newBuilder().setChaincode(chaincode);
    layouts.forEach(
        layout -> descriptor.addLayouts(Layout.newBuilder().putAllQuantitiesByGroup(layout)));
    groups.forEach(
        (group, members) -> {
          Peers.Builder peers = Peers.newBuilder();
          members.forEach(member -> peers.addPeers(peer(member)));
          descriptor.putEndorsersByGroups(group, peers.build());
        });
    return descriptor.build();
  }

  static Peer peer(Member member) {
    return Peer.newBuilder()
        .setIdentity(member.identity())
        .setStateInfo(member.stateInfo())
        .setMembershipInfo(member.alive())
        .build();
  }
}
