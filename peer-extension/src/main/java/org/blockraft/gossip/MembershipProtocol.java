package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.blockraft.identity.IdentityException;
import org.hyperledger.fabric.protos.gossip.AliveMessage;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.MembershipRequest;
import org.hyperledger.fabric.protos.gossip.MembershipResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs of life, and requests for those of others. Safe for use by many threads.
 *
 * <p>Fabric: gossip/discovery/discovery_impl.go.
 */
final class MembershipProtocol {
  private static final Logger LOG = LoggerFactory.getLogger(MembershipProtocol.class);

  /** How long a peer may take to answer a request for membership. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final GossipSettings settings;
  private final Self self;
  private final Membership membership;
  private final PeerIdentities identities;
  private final Disclosure disclosure;
  private final PeerSampler sampler;
  private final PeerStreams streams;
  private final PeerDialer dialer;
  private final Executor threads;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Set<String> connecting = ConcurrentHashMap.newKeySet();
  private final Map<Long, CountDownLatch> awaited = new ConcurrentHashMap<>();

  MembershipProtocol(
      GossipSettings settings,
      Self self,
      Membership membership,
      PeerIdentities identities,
      Disclosure disclosure,
      PeerSampler sampler,
      PeerStreams streams,
      PeerDialer dialer,
      Executor threads) {
    this.settings = settings;
    this.self = self;
    this.membership = membership;
    this.identities = identities;
    this.disclosure = disclosure;
    this.sampler = sampler;
    this.streams = streams;
    this.dialer = dialer;
    this.threads = threads;
  }

  /** Gets to know a peer by its endpoint, trying until it answers or attempts are used up. */
  void connect(String endpoint, Predicate<RemotePeer> acceptable) {
    if (self.isOwnEndpoint(endpoint) || !connecting.add(endpoint)) {
      return;
    }
    threads.execute(
        () -> {
          try {
            for (int i = 0; i < settings.connectionAttemptsMax() && stopped.getCount() > 0; i++) {
              if (introduce(endpoint, acceptable)
                  || stopped.await(
                      settings.reconnectInterval().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            connecting.remove(endpoint);
          }
        });
  }

  private boolean introduce(String endpoint, Predicate<RemotePeer> acceptable)
      throws InterruptedException {
    RemotePeer peer;
    try {
      peer = dialer.probe(endpoint);
    } catch (GossipException e) {
      LOG.warn("Could not connect to {} : {}", endpoint, e.getMessage());
      return false;
    }
    if (!acceptable.test(peer)) {
      LOG.warn("Peer at {} is of {}, which it should not be", endpoint, peer.mspId());
      return false;
    }
    long nonce = sampler.nonce();
    CountDownLatch answer = new CountDownLatch(1);
    awaited.put(nonce, answer);
    try {
      streams.send(peer.pkiId(), endpoint, request(peer.pkiId(), nonce));
      return answer.await(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      awaited.remove(nonce);
    }
  }

  private Envelope request(ByteString target, long nonce) {
    return SignedMessage.unsigned(
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.EMPTY)
            .setNonce(nonce)
            .setMemReq(
                MembershipRequest.newBuilder()
                    .setSelfInformation(disclosure.envelope(target, self.alive())))
            .build());
  }

  /** Takes in a message about membership. */
  void received(PeerStream from, SignedMessage message) {
    switch (message.content().getContentCase()) {
      case ALIVE_MSG -> {
        if (accept(message)) {
          forward(message, from.remote().pkiId());
        }
      }
      case MEM_REQ -> requested(from, message.content());
      case MEM_RES -> answered(message.content());
      default -> {}
    }
  }

  /** Whether a sign of life is genuine and news. */
  private boolean accept(SignedMessage message) {
    return message.content().hasAliveMsg()
        && membership.isNews(message.content().getAliveMsg())
        && isGenuine(message)
        && membership.heard(message);
  }

  private boolean isGenuine(SignedMessage message) {
    AliveMessage alive = message.content().getAliveMsg();
    ByteString pkiId = alive.getMembership().getPkiId();
    try {
      if (!alive.getIdentity().isEmpty()) {
        identities.put(pkiId, alive.getIdentity());
      }
      identities.verify(pkiId, message.envelope());
      return true;
    } catch (IdentityException e) {
      LOG.debug(
          "Sign of life of {} is not genuine: {}",
          alive.getMembership().getEndpoint(),
          e.getMessage());
      return false;
    }
  }

  private void forward(SignedMessage message, ByteString except) {
    AliveMessage alive = message.content().getAliveMsg();
    sampler
        .some(
            settings.propagatePeers(),
            member -> !member.pkiId().equals(except) && disclosure.mayForward(member, alive))
        .forEach(member -> streams.send(member, disclosure.envelope(member.pkiId(), message)));
  }

  private void requested(PeerStream from, GossipMessage request) {
    SignedMessage information = SignedMessage.open(request.getMemReq().getSelfInformation());
    AliveMessage alive = information.content().getAliveMsg();
    ByteString asking = alive.getMembership().getPkiId();
    if (!asking.equals(from.remote().pkiId())) {
      LOG.warn("Got membership request with selfInfo that doesn't match the handshake");
      return;
    }
    if (!isGenuine(information)) {
      return;
    }
    membership.heard(information);
    String endpoint = alive.getMembership().getEndpoint();
    SignedMessage own = self.alive();
    if (!isTold(asking, endpoint, own)) {
      LOG.warn("Got a membership request from a peer that shouldn't have sent one, closing");
      from.close();
      return;
    }
    MembershipResponse.Builder response = MembershipResponse.newBuilder();
    membership.alive().stream()
        .filter(member -> isTold(asking, endpoint, member.alive()))
        .forEach(member -> response.addAlive(disclosure.envelope(asking, member.alive())));
    membership.dead().stream()
        .filter(member -> isTold(asking, endpoint, member.alive()))
        .forEach(member -> response.addDead(disclosure.envelope(asking, member.alive())));
    from.send(
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.EMPTY)
            .setNonce(request.getNonce())
            .setMemRes(response.addAlive(disclosure.envelope(asking, own)))
            .build());
  }

  private boolean isTold(ByteString asking, String endpoint, SignedMessage alive) {
    return disclosure.mayTell(asking, endpoint, alive.content().getAliveMsg());
  }

  private void answered(GossipMessage response) {
    CountDownLatch answer = awaited.get(response.getNonce());
    if (answer != null) {
      answer.countDown();
    }
    for (Envelope envelope : response.getMemRes().getAliveList()) {
      accept(SignedMessage.open(envelope));
    }
    for (Envelope envelope : response.getMemRes().getDeadList()) {
      SignedMessage message = SignedMessage.open(envelope);
      if (message.content().hasAliveMsg() && isGenuine(message)) {
        membership.heardOfDead(message);
      }
    }
  }

  /** Gives a sign of life to some. */
  void sendAlive() {
    if (!membership.alive().isEmpty()) {
      forward(self.alive(), ByteString.EMPTY);
    }
  }

  /** Asks some for whom they know. */
  void synchronize() {
    sampler
        .some(settings.pullPeers(), member -> true)
        .forEach(member -> streams.send(member, request(member.pkiId(), 0)));
  }

  /** Takes the silent for dead. */
  void expire() {
    for (NetworkMember member : membership.expire()) {
      LOG.warn("Haven't heard from {} for too long", member.preferredEndpoint());
      streams.close(member.pkiId());
    }
  }

  /** Takes a peer for dead that could not be reached. */
  void unreachable(ByteString pkiId) {
    if (membership.presumeDead(pkiId).isPresent()) {
      streams.close(pkiId);
    }
  }

  /** Looks whether the dead are back. */
  void reconnect() {
    for (NetworkMember member : membership.dead()) {
      threads.execute(
          () -> {
            if (dialer.answers(member.preferredEndpoint())) {
              streams.send(member, request(member.pkiId(), 0));
            }
          });
    }
  }

  /**
   * Forgets those that have been dead for long.
   *
   * @param kept endpoints of peers that are never forgotten
   */
  void forget(Set<String> kept) {
    for (NetworkMember member : membership.forgettable()) {
      if (kept.contains(member.endpoint()) || kept.contains(member.internalEndpoint())) {
        LOG.info(
            "Do not remove bootstrap or anchor peer endpoint {} from membership",
            member.preferredEndpoint());
      } else {
        LOG.info("Removing member: Endpoint: {}", member.preferredEndpoint());
        membership.forget(member.pkiId());
      }
    }
  }

  /** Ends the attempts to connect. */
  void stop() {
    stopped.countDown();
  }
}
