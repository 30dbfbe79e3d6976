package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.cluster.wire.FetchMembers;
import org.blockraft.cluster.wire.Member;
import org.blockraft.cluster.wire.Members;
import org.blockraft.cluster.wire.RelayPrivate;
import org.blockraft.cluster.wire.Request;
import org.blockraft.gossip.Gossip;
import org.blockraft.gossip.GossipMember;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peers of the network that gossip knows. One node of a cluster gossips, its leader; the others
 * ask that one. Safe for use by many threads; callers may have to wait for the leader.
 */
final class OtherPeers {
  private static final Logger LOG = LoggerFactory.getLogger(OtherPeers.class);

  /** Members come and go in seconds; a burst of proposals asks once. */
  private static final Duration FRESH = Duration.ofMillis(500);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** Longer than gossip waits for an acknowledgement by default. */
  private static final Duration RELAY_TIMEOUT = Duration.ofSeconds(10);

  private final Gossip gossip;
  private final Optional<ClusterNode> cluster;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** What the leader said, and when. */
  private record Known(long nanos, List<GossipMember> members) {}

  OtherPeers(Gossip gossip, Optional<ClusterNode> cluster) {
    this.gossip = gossip;
    this.cluster = cluster;
  }

  /** All that are alive. */
  List<GossipMember> alive() {
    return members("");
  }

  /** Those that are alive and have joined a channel. */
  List<GossipMember> ofChannel(String channelId) {
    return members(channelId);
  }

  private List<GossipMember> members(String channelId) {
    Optional<String> leader = cluster.flatMap(ClusterNode::otherLeader);
    if (leader.isEmpty()) {
      return here(channelId);
    }
    Known before = known.get(channelId);
    if (before != null && System.nanoTime() - before.nanos() < FRESH.toNanos()) {
      return before.members();
    }
    List<GossipMember> now =
        ask(
                leader.get(),
                Request.newBuilder()
                    .setFetchMembers(FetchMembers.newBuilder().setChannel(channelId))
                    .build(),
                TIMEOUT)
            .map(OtherPeers::decode)
            .orElseGet(() -> before == null ? List.of() : before.members());
    known.put(channelId, new Known(System.nanoTime(), now));
    return now;
  }

  private List<GossipMember> here(String channelId) {
    return channelId.isEmpty() ? gossip.alive() : gossip.ofChannel(channelId);
  }

  /** Sends a private write set to a peer; true when that has stored it in time. */
  boolean sendPrivateData(ByteString pkiId, String channelId, PrivatePayload payload) {
    Optional<String> leader = cluster.flatMap(ClusterNode::otherLeader);
    if (leader.isEmpty()) {
      return gossip.sendPrivateData(pkiId, channelId, payload);
    }
    Request request =
        Request.newBuilder()
            .setRelayPrivate(
                RelayPrivate.newBuilder()
                    .setPkiId(pkiId)
                    .setChannel(channelId)
                    .setPayload(payload.toByteString()))
            .build();
    return ask(leader.get(), request, RELAY_TIMEOUT).isPresent();
  }

  private Optional<ByteString> ask(String leader, Request request, Duration timeout) {
    return cluster.orElseThrow().siblings().ask(leader, request, timeout);
  }

  /** Serves another node that asks this one. */
  ByteString serve(FetchMembers wanted) {
    Members.Builder members = Members.newBuilder();
    for (GossipMember member : here(wanted.getChannel())) {
      members.addMember(
          Member.newBuilder()
              .setPkiId(member.pkiId())
              .setMspId(member.mspId())
              .setEndpoint(member.endpoint())
              .setIdentity(member.identity())
              .setHeight(member.height())
              .putAllChaincodes(member.chaincodes())
              .setAlive(member.alive().toByteString())
              .setStateInfo(member.stateInfo().toByteString()));
    }
    return members.build().toByteString();
  }

  /** Serves another node; true when the peer has stored what was sent. */
  boolean serve(RelayPrivate relay) throws InvalidProtocolBufferException {
    return gossip.sendPrivateData(
        relay.getPkiId(), relay.getChannel(), PrivatePayload.parseFrom(relay.getPayload()));
  }

  private static List<GossipMember> decode(ByteString payload) {
    List<GossipMember> members = new ArrayList<>();
    try {
      for (Member member : Members.parseFrom(payload).getMemberList()) {
        members.add(
            new GossipMember(
                member.getPkiId(),
                member.getMspId(),
                member.getEndpoint(),
                member.getIdentity(),
                member.getHeight(),
                member.getChaincodesMap(),
                Envelope.parseFrom(member.getAlive()),
                Envelope.parseFrom(member.getStateInfo())));
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("What the leader says of other peers does not parse", e);
    }
    return members;
  }
}
