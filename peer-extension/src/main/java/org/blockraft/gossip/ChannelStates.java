package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.hyperledger.fabric.protos.gossip.StateInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peers last said of the channels that this peer has joined. A message names its channel only
 * by a hash that needs the name to check. Safe for use by many threads.
 *
 * <p>Fabric: gossip/gossip/channel/channel.go, stateInfoCache.
 */
final class ChannelStates {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelStates.class);

  private final LocalChannels channels;
  private final PeerIdentities identities;
  private final PeerTrust trust;
  private final Map<String, Map<ByteString, SignedMessage>> states = new ConcurrentHashMap<>();

  ChannelStates(LocalChannels channels, PeerIdentities identities, PeerTrust trust) {
    this.channels = channels;
    this.identities = identities;
    this.trust = trust;
  }

  /** The channel that a peer's hash stands for, if this peer has joined it. */
  Optional<ChannelConfig> channel(ByteString pkiId, ByteString mac) {
    return channels.configs().stream()
        .filter(config -> ChannelMac.of(pkiId, config.channelId()).equals(mac))
        .findFirst();
  }

  Optional<ChannelConfig> channel(String channelId) {
    return channels.configs().stream()
        .filter(config -> config.channelId().equals(channelId))
        .findFirst();
  }

  boolean isOfChannel(ChannelConfig channel, ByteString pkiId) {
    return channel.applicationMspIds().contains(identities.mspId(pkiId));
  }

  /**
   * Takes in what a peer says of a channel.
   *
   * @return whether it is genuine, may be said by that peer, and is news
   */
  boolean put(ChannelConfig channel, SignedMessage message) {
    StateInfo state = message.content().getStateInfo();
    ByteString pkiId = state.getPkiId();
    Map<ByteString, SignedMessage> known = of(channel.channelId());
    SignedMessage previous = known.get(pkiId);
    if (previous != null && !isNewer(message, previous)) {
      return false;
    }
    if (!ChannelMac.of(pkiId, channel.channelId()).equals(state.getChannelMAC())
        || !isOfChannel(channel, pkiId)) {
      return false;
    }
    try {
      identities.verify(pkiId, message.envelope());
      trust.verifyReader(
          channel,
          identities.identity(pkiId).orElse(ByteString.EMPTY),
          message.envelope().getPayload(),
          message.envelope().getSignature());
    } catch (IdentityException e) {
      LOG.warn("[{}] Peer isn't eligible for the channel: {}", channel.channelId(), e.getMessage());
      return false;
    }
    SignedMessage kept = known.merge(pkiId, message, (old, now) -> isNewer(now, old) ? now : old);
    return isSame(kept, message);
  }

  /** Whether it is this very message; another one of the same content came earlier. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(SignedMessage kept, SignedMessage message) {
    return kept == message;
  }

  private static boolean isNewer(SignedMessage message, SignedMessage other) {
    return NetworkMember.isBefore(
        other.content().getStateInfo().getTimestamp(),
        message.content().getStateInfo().getTimestamp());
  }

  /** What is known of a channel, by peer. */
  private Map<ByteString, SignedMessage> of(String channelId) {
    return states.computeIfAbsent(channelId, id -> new ConcurrentHashMap<>());
  }

  Collection<SignedMessage> all(String channelId) {
    return List.copyOf(of(channelId).values());
  }

  /** What a peer that is still in the channel last said. */
  Optional<SignedMessage> find(String channelId, ByteString pkiId) {
    return Optional.ofNullable(of(channelId).get(pkiId))
        .filter(state -> !state.content().getStateInfo().getProperties().getLeftChannel());
  }

  void drop(ByteString pkiId) {
    states.values().forEach(known -> known.remove(pkiId));
  }

  /** Drops peers of organizations that have left the channel. */
  void reconfigured(ChannelConfig channel) {
    of(channel.channelId()).keySet().removeIf(pkiId -> !isOfChannel(channel, pkiId));
  }
}
