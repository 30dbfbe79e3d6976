package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.identity.ChannelConfig;
import org.hyperledger.fabric.protos.gossip.Chaincode;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.Properties;
import org.hyperledger.fabric.protos.gossip.StateInfo;
import org.hyperledger.fabric.protos.gossip.StateInfoPullRequest;
import org.hyperledger.fabric.protos.gossip.StateInfoSnapshot;

/**
 * Tells other peers how far this one is on its channels and what it can run there, and asks them
 * the same. Messages come from many threads, {@link #publish} from one.
 *
 * <p>Fabric: gossip/gossip/channel/channel.go.
 */
final class ChannelProtocol {
  private final GossipSettings settings;
  private final Self self;
  private final LocalChannels channels;
  private final ChannelStates states;
  private final Membership membership;
  private final PeerIdentities identities;
  private final PeerSampler sampler;
  private final PeerStreams streams;
  private final InstantSource clock;
  private final Map<String, Published> published = new ConcurrentHashMap<>();

  /** What was last said of a channel, and when. */
  private record Published(
      long height, Map<String, String> chaincodes, SignedMessage message, Instant at) {}

  ChannelProtocol(
      GossipSettings settings,
      Self self,
      LocalChannels channels,
      ChannelStates states,
      Membership membership,
      PeerIdentities identities,
      PeerSampler sampler,
      PeerStreams streams,
      InstantSource clock) {
    this.settings = settings;
    this.self = self;
    this.channels = channels;
    this.states = states;
    this.membership = membership;
    this.identities = identities;
    this.sampler = sampler;
    this.streams = streams;
    this.clock = clock;
  }

  /** Takes in a message about a channel. */
  void received(PeerStream from, SignedMessage message) {
    GossipMessage content = message.content();
    switch (content.getContentCase()) {
      case STATE_INFO -> stated(from, message);
      case STATE_INFO_PULL_REQ -> asked(from, content.getStateInfoPullReq());
      case STATE_SNAPSHOT -> answered(content);
      default -> {}
    }
  }

  private void stated(PeerStream from, SignedMessage message) {
    StateInfo state = message.content().getStateInfo();
    states
        .channel(state.getPkiId(), state.getChannelMAC())
        .filter(channel -> states.isOfChannel(channel, from.remote().pkiId()))
        .filter(channel -> states.put(channel, message))
        .ifPresent(channel -> pass(channel, message, from.remote().pkiId()));
  }

  private void pass(ChannelConfig channel, SignedMessage message, ByteString except) {
    ByteString origin = message.content().getStateInfo().getPkiId();
    boolean everywhere =
        origin.equals(self.pkiId())
            ? self.isPublic()
            : membership.find(origin).map(member -> !member.endpoint().isEmpty()).orElse(false);
    sampler
        .some(
            settings.propagatePeers(),
            member ->
                !member.pkiId().equals(except)
                    && (everywhere
                        ? states.isOfChannel(channel, member.pkiId())
                        : identities.mspId(member.pkiId()).equals(self.mspId())))
        .forEach(member -> streams.send(member, message.envelope()));
  }

  private void asked(PeerStream from, StateInfoPullRequest request) {
    RemotePeer remote = from.remote();
    Optional<ChannelConfig> channel =
        states
            .channel(remote.pkiId(), request.getChannelMAC())
            .filter(found -> states.isOfChannel(found, remote.pkiId()));
    if (channel.isEmpty()) {
      return;
    }
    String channelId = channel.get().channelId();
    StateInfoSnapshot.Builder snapshot = StateInfoSnapshot.newBuilder();
    boolean sameOrg = remote.mspId().equals(self.mspId());
    if (sameOrg || self.isPublic()) {
      snapshot.addElements(own(channelId).message().envelope());
    }
    for (SignedMessage state : states.all(channelId)) {
      ByteString pkiId = state.content().getStateInfo().getPkiId();
      boolean concealed =
          identities.mspId(pkiId).equals(self.mspId())
              && membership.find(pkiId).map(member -> member.endpoint().isEmpty()).orElse(true);
      if (sameOrg || !concealed) {
        snapshot.addElements(state.envelope());
      }
    }
    from.send(
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.CHAN_OR_ORG)
            .setChannel(ByteString.copyFrom(channelId, StandardCharsets.UTF_8))
            .setStateSnapshot(snapshot)
            .build());
  }

  private void answered(GossipMessage message) {
    Optional<ChannelConfig> channel = states.channel(message.getChannel().toStringUtf8());
    if (channel.isEmpty()) {
      return;
    }
    for (Envelope envelope : message.getStateSnapshot().getElementsList()) {
      SignedMessage state = SignedMessage.open(envelope);
      ByteString pkiId = state.content().getStateInfo().getPkiId();
      if (state.content().hasStateInfo() && membership.find(pkiId).isPresent()) {
        states.put(channel.get(), state);
      }
    }
  }

  /** Asks some peers of each channel how far the others are. */
  void request() {
    for (ChannelConfig channel : channels.configs()) {
      GossipMessage request =
          GossipMessage.newBuilder()
              .setTag(GossipMessage.Tag.CHAN_OR_ORG)
              .setStateInfoPullReq(
                  StateInfoPullRequest.newBuilder()
                      .setChannelMAC(ChannelMac.of(self.pkiId(), channel.channelId())))
              .build();
      sampler
          .some(settings.pullPeers(), member -> states.isOfChannel(channel, member.pkiId()))
          .forEach(member -> streams.send(member, SignedMessage.unsigned(request)));
    }
  }

  /**
   * Tells what has changed since it was last told: chaincodes at once, heights once in an interval.
   */
  void publish() {
    for (ChannelConfig channel : channels.configs()) {
      Published before = published.get(channel.channelId());
      Published now = own(channel.channelId());
      boolean chaincodesChanged = before == null || !before.chaincodes().equals(now.chaincodes());
      boolean due =
          before != null
              && before.height() != now.height()
              && before.at().plus(settings.publishStateInterval()).isBefore(clock.instant());
      if ((chaincodesChanged || due) && !membership.alive().isEmpty()) {
        published.put(channel.channelId(), now);
        pass(channel, now.message(), ByteString.EMPTY);
      }
    }
  }

  /** What there is to say now; the last message if that still holds. */
  private Published own(String channelId) {
    long height = channels.height(channelId);
    Map<String, String> chaincodes = new TreeMap<>(channels.chaincodes(channelId));
    Published last = published.get(channelId);
    if (last != null && last.height() == height && last.chaincodes().equals(chaincodes)) {
      return last;
    }
    Properties.Builder properties = Properties.newBuilder().setLedgerHeight(height);
    chaincodes.forEach(
        (name, version) ->
            properties.addChaincodes(Chaincode.newBuilder().setName(name).setVersion(version)));
    GossipMessage message =
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.CHAN_OR_ORG)
            .setStateInfo(
                StateInfo.newBuilder()
                    .setTimestamp(self.now())
                    .setPkiId(self.pkiId())
                    .setChannelMAC(ChannelMac.of(self.pkiId(), channelId))
                    .setProperties(properties))
            .build();
    return new Published(height, chaincodes, self.signed(message), clock.instant());
  }
}
