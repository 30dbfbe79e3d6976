package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hyperledger.fabric.protos.gossip.AliveMessage;
import org.hyperledger.fabric.protos.gossip.PeerTime;

/**
 * Which other peers are alive and which were. Signs of life come in checked; this class only counts
 * time. Safe for use by many threads.
 *
 * <p>Fabric: gossip/discovery/discovery_impl.go.
 */
final class Membership {
  private final ByteString self;
  private final Duration expiration;
  private final Duration memory;
  private final InstantSource clock;
  private final Map<ByteString, NetworkMember> alive = new HashMap<>();
  private final Map<ByteString, NetworkMember> dead = new HashMap<>();

  /**
   * @param expiration after which silence means death
   * @param memory how long the dead are remembered
   */
  Membership(ByteString self, Duration expiration, Duration memory, InstantSource clock) {
    this.self = self;
    this.expiration = expiration;
    this.memory = memory;
    this.clock = clock;
  }

  /** Whether a sign of life says something new; checked before its signature is. */
  synchronized boolean isNews(AliveMessage message) {
    ByteString pkiId = message.getMembership().getPkiId();
    if (pkiId.equals(self)) {
      return false;
    }
    PeerTime last = time(pkiId);
    return last == null || NetworkMember.isBefore(last, message.getTimestamp());
  }

  private PeerTime time(ByteString pkiId) {
    NetworkMember known = alive.getOrDefault(pkiId, dead.get(pkiId));
    return known == null ? null : known.time();
  }

  /**
   * Takes in a sign of life.
   *
   * @return whether it said something new
   */
  synchronized boolean heard(SignedMessage message) {
    AliveMessage content = message.content().getAliveMsg();
    if (!isNews(content)) {
      return false;
    }
    ByteString pkiId = content.getMembership().getPkiId();
    NetworkMember previous = alive.getOrDefault(pkiId, dead.remove(pkiId));
    alive.put(pkiId, member(message, previous));
    return true;
  }

  /** Takes in a sign of life of a peer that somebody else takes for dead. */
  synchronized void heardOfDead(SignedMessage message) {
    ByteString pkiId = message.content().getAliveMsg().getMembership().getPkiId();
    if (!pkiId.equals(self) && time(pkiId) == null) {
      dead.put(pkiId, member(message, null));
    }
  }

  private NetworkMember member(SignedMessage message, NetworkMember previous) {
    AliveMessage content = message.content().getAliveMsg();
    String internal = message.internalEndpoint();
    if (internal.isEmpty() && previous != null) {
      internal = previous.internalEndpoint();
    }
    return new NetworkMember(
        content.getMembership().getPkiId(),
        content.getMembership().getEndpoint(),
        internal,
        message,
        content.getTimestamp(),
        clock.instant());
  }

  synchronized List<NetworkMember> alive() {
    return List.copyOf(alive.values());
  }

  synchronized List<NetworkMember> dead() {
    return List.copyOf(dead.values());
  }

  /** A peer, alive or dead. */
  synchronized Optional<NetworkMember> find(ByteString pkiId) {
    return Optional.ofNullable(alive.getOrDefault(pkiId, dead.get(pkiId)));
  }

  synchronized boolean isAlive(ByteString pkiId) {
    return alive.containsKey(pkiId);
  }

  /** Takes peers for dead that were silent for too long, and returns them. */
  synchronized List<NetworkMember> expire() {
    Instant oldest = clock.instant().minus(expiration);
    List<NetworkMember> expired = new ArrayList<>();
    for (NetworkMember member : List.copyOf(alive.values())) {
      if (member.lastSeen().isBefore(oldest)) {
        presumeDead(member.pkiId()).ifPresent(expired::add);
      }
    }
    return expired;
  }

  /** Takes a peer for dead that cannot be reached; empty if it is not alive. */
  synchronized Optional<NetworkMember> presumeDead(ByteString pkiId) {
    NetworkMember member = alive.remove(pkiId);
    if (member != null) {
      dead.put(pkiId, member);
    }
    return Optional.ofNullable(member);
  }

  /** The dead that were not seen for so long that there is no more point in looking for them. */
  synchronized List<NetworkMember> forgettable() {
    Instant oldest = clock.instant().minus(memory);
    return dead.values().stream().filter(member -> member.lastSeen().isBefore(oldest)).toList();
  }

  /** Remembers a peer no more. */
  synchronized void forget(ByteString pkiId) {
    alive.remove(pkiId);
    dead.remove(pkiId);
  }
}
