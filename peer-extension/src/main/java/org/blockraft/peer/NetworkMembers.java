package org.blockraft.peer;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.gossip.GossipMember;
import org.blockraft.ingress.EndorserClient;
import org.blockraft.ingress.LocalMembers;
import org.blockraft.ingress.Member;
import org.blockraft.ingress.Members;
import org.blockraft.ingress.RemoteEndorsers;

/** This peer and those that it knows by gossip. */
final class NetworkMembers implements Members {
  private final LocalMembers local;
  private final OtherPeers others;
  private final RemoteEndorsers endorsers;

  NetworkMembers(LocalMembers local, OtherPeers others, RemoteEndorsers endorsers) {
    this.local = local;
    this.others = others;
    this.endorsers = endorsers;
  }

  @Override
  public String localMspId() {
    return local.localMspId();
  }

  @Override
  public ByteString localPkiId() {
    return local.localPkiId();
  }

  @Override
  public String localEndpoint() {
    return local.localEndpoint();
  }

  @Override
  public EndorserClient localEndorser() {
    return local.localEndorser();
  }

  @Override
  public List<Member> alive() {
    return joined(local.alive(), others.alive());
  }

  @Override
  public List<Member> ofChannel(String channelId) {
    List<Member> own = local.ofChannel(channelId);
    return own.isEmpty() ? own : joined(own, others.ofChannel(channelId));
  }

  private List<Member> joined(List<Member> own, List<GossipMember> others) {
    List<Member> all = new ArrayList<>(own);
    others.forEach(other -> all.add(member(other)));
    return all;
  }

  private Member member(GossipMember other) {
    return new Member(
        other.pkiId(),
        other.mspId(),
        other.endpoint(),
        other.identity(),
        other.height(),
        other.chaincodes(),
        endorsers.at(other.endpoint()),
        other.alive(),
        other.stateInfo());
  }

  @Override
  public void lost(Member member) {
    if (!member.pkiId().equals(local.localPkiId())) {
      endorsers.lost(member.endpoint());
    }
  }
}
