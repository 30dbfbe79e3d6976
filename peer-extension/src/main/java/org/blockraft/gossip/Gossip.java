package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.blockraft.identity.ApplicationOrg;
import org.blockraft.identity.ChannelConfig;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.gossip.Properties;
import org.hyperledger.fabric.protos.gossip.PullMsgType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This peer among peers: finds them by bootstrap and anchor endpoints, and keeps account of who is
 * alive. Safe for use by many threads; all that recurs runs on one thread of its own.
 *
 * <p>Fabric: gossip/gossip/gossip_impl.go.
 */
public final class Gossip implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gossip.class);

  /** How often it is looked whether there is something to say of a channel. */
  private static final Duration PUBLISH_TICK = Duration.ofSeconds(1);

  /** From a change to telling it, for what changes together. */
  private static final Duration PUBLISH_DELAY = Duration.ofMillis(20);

  private static final Duration REVALIDATION_TICK = Duration.ofSeconds(1);

  private final GossipSettings settings;
  private final Self self;
  private final LocalChannels channels;
  private final PeerIdentities identities;
  private final Membership membership;
  private final ChannelStates states;
  private final PeerStreams streams;
  private final MembershipProtocol membershipProtocol;
  private final IdentityPull identityPull;
  private final ChannelProtocol channelProtocol;
  private final PrivateDataPush privateDataPush;
  private final AtomicBoolean publishing = new AtomicBoolean();
  private final AtomicBoolean active = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();
  private final MembershipTracker tracker = new MembershipTracker();
  private final GossipService service;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gossip-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gossip-timer").factory());

  /**
   * Wires everything; nothing is dialed before {@link #start}.
   *
   * @param leader a new connection with the node of this peer that gossips, for one stream; none if
   *     it is this node, is not known, or cannot be reached
   */
  public Gossip(
      GossipSettings settings,
      String mspId,
      ByteString identity,
      UnaryOperator<ByteString> sign,
      PeerTrust trust,
      GossipTls tls,
      LocalChannels channels,
      PrivateDataSink privateData,
      Supplier<Optional<ManagedChannel>> leader,
      InstantSource clock,
      Random random) {
    this.settings = settings;
    this.channels = channels;
    this.self = new Self(settings, mspId, identity, sign, clock);
    this.identities = new PeerIdentities(trust);
    identities.put(self.pkiId(), identity);
    this.membership =
        new Membership(
            self.pkiId(),
            settings.aliveExpiration(),
            settings.aliveExpiration().multipliedBy(settings.memoryFactor()),
            clock);
    this.states = new ChannelStates(channels, identities, trust);
    this.streams = new PeerStreams(threads, this::unreachable);
    Handshake handshake = new Handshake(identity, sign, identities);
    PeerDialer dialer = new PeerDialer(settings, tls, handshake, this::received, threads);
    streams.dialWith(dialer);
    Disclosure disclosure = new Disclosure(self, identities, membership);
    PeerSampler sampler = new PeerSampler(membership, random);
    this.membershipProtocol =
        new MembershipProtocol(
            settings, self, membership, identities, disclosure, sampler, streams, dialer, threads);
    this.identityPull = new IdentityPull(settings, self, identities, disclosure, sampler, streams);
    this.channelProtocol =
        new ChannelProtocol(
            settings, self, channels, states, membership, identities, sampler, streams, clock);
    this.privateDataPush =
        new PrivateDataPush(
            states, trust, membership, sampler, streams, privateData, settings.pushAckTimeout());
    this.service =
        new GossipService(
            settings,
            tls,
            handshake,
            streams,
            this::received,
            new GossipRelay(leader, threads),
            threads);
  }

  /** What to mount on the peer's port. */
  public BindableService service() {
    return service::definition;
  }

  /** What other nodes of this peer may call, and nobody else. */
  public ServerServiceDefinition relayed() {
    return service.relayed();
  }

  /** Begins to look for others; the peer's port is open by now. */
  public void start() {
    setActive(true);
  }

  /**
   * Whether this process is the one that speaks for the peer: of a cluster that is its leader.
   * Others pass on to it the streams that they are dialed for, and send nothing themselves. From
   * one thread at a time.
   */
  public void setActive(boolean wanted) {
    boolean before = active.getAndSet(wanted);
    if (!wanted) {
      streams.close();
    }
    if (!wanted || before) {
      return;
    }
    streams.reopen();
    for (String endpoint : settings.bootstrap()) {
      membershipProtocol.connect(endpoint, peer -> peer.mspId().equals(self.mspId()));
    }
    channels.configs().forEach(this::configured);
    if (started.compareAndSet(false, true)) {
      startTimers();
    }
  }

  private void startTimers() {
    every(settings.aliveInterval(), membershipProtocol::sendAlive);
    every(settings.aliveExpiration().dividedBy(10), membershipProtocol::expire);
    every(settings.aliveExpiration(), () -> membershipProtocol.forget(keptEndpoints()));
    every(settings.reconnectInterval(), membershipProtocol::reconnect);
    every(settings.pullInterval(), membershipProtocol::synchronize);
    every(settings.pullInterval(), identityPull::pull);
    every(settings.requestStateInterval(), channelProtocol::request);
    every(PUBLISH_TICK, channelProtocol::publish);
    every(REVALIDATION_TICK, this::revalidate);
    every(settings.trackerInterval(), this::track);
  }

  private void every(Duration interval, Runnable task) {
    Runnable guarded =
        () -> {
          try {
            if (active.get()) {
              task.run();
            }
          } catch (RuntimeException e) {
            LOG.warn("A recurring task of gossip failed", e);
          }
        };
    var _ =
        timer.scheduleWithFixedDelay(
            guarded, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Gets to know the anchor peers of a channel that was joined or has a new configuration. */
  public void configured(ChannelConfig channel) {
    states.reconfigured(channel);
    if (!active.get()) {
      return;
    }
    for (ApplicationOrg org : channel.applicationOrgs().values()) {
      boolean own = org.mspId().equals(self.mspId());
      if (!own && !self.isPublic()) {
        continue;
      }
      for (String endpoint : anchors(org)) {
        membershipProtocol.connect(endpoint, peer -> !own || peer.mspId().equals(self.mspId()));
      }
    }
  }

  private static List<String> anchors(ApplicationOrg org) {
    return org.anchorPeers().stream()
        .filter(anchor -> !anchor.getHost().isEmpty() && anchor.getPort() != 0)
        .map(anchor -> anchor.getHost() + ":" + anchor.getPort())
        .toList();
  }

  private Set<String> keptEndpoints() {
    Set<String> kept = new HashSet<>(settings.bootstrap());
    for (ChannelConfig channel : channels.configs()) {
      channel.applicationOrgs().values().forEach(org -> kept.addAll(anchors(org)));
    }
    return kept;
  }

  private void received(PeerStream from, SignedMessage message) {
    GossipMessage content = message.content();
    if (content.hasAck()) {
      privateDataPush.acknowledged(from, content);
      return;
    }
    if (content.hasPrivateData()) {
      privateDataPush.received(from, content);
      return;
    }
    if (!MessageTags.isLegal(content)) {
      LOG.debug("Ignored a message of kind {}", content.getContentCase());
      return;
    }
    switch (content.getContentCase()) {
      case ALIVE_MSG, MEM_REQ, MEM_RES -> membershipProtocol.received(from, message);
      case HELLO, DATA_DIG, DATA_REQ, DATA_UPDATE -> {
        if (MessageTags.pullType(content) == PullMsgType.IDENTITY_MSG) {
          identityPull.received(from, content);
        }
      }
      default -> channelProtocol.received(from, message);
    }
  }

  private void unreachable(ByteString pkiId) {
    membershipProtocol.unreachable(pkiId);
  }

  /** Has nothing more to do with peers whose identities are no longer valid. */
  private void revalidate() {
    for (ByteString pkiId : identities.revalidate()) {
      membership.forget(pkiId);
      states.drop(pkiId);
      identityPull.drop(pkiId);
      streams.close(pkiId);
    }
  }

  private void track() {
    for (ChannelConfig channel : channels.configs()) {
      tracker.look(channel.channelId(), ofChannel(channel.channelId()));
    }
  }

  /** There may be something new to say about chaincodes; it is said as soon as it is committed. */
  public void chaincodesChanged() {
    if (!publishing.compareAndSet(false, true)) {
      return;
    }
    try {
      var _ = timer.schedule(this::publish, PUBLISH_DELAY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closing, nothing more is told");
    }
  }

  private void publish() {
    publishing.set(false);
    try {
      channelProtocol.publish();
    } catch (RuntimeException e) {
      LOG.warn("Could not tell others of chaincodes; the next tick tries again", e);
    }
  }

  /** The others that are alive. */
  public List<GossipMember> alive() {
    return membership.alive().stream()
        .map(
            member ->
                GossipMember.of(
                    member,
                    identities,
                    Properties.getDefaultInstance(),
                    Envelope.getDefaultInstance()))
        .toList();
  }

  /** The others that are alive and have joined a channel. */
  public List<GossipMember> ofChannel(String channelId) {
    return membership.alive().stream()
        .map(member -> ofChannel(channelId, member))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<GossipMember> ofChannel(String channelId, NetworkMember member) {
    return states
        .find(channelId, member.pkiId())
        .map(
            state ->
                GossipMember.of(
                    member,
                    identities,
                    state.content().getStateInfo().getProperties(),
                    state.envelope()));
  }

  /** Sends a private write set to a peer; true when that has stored it in time. */
  public boolean sendPrivateData(ByteString pkiId, String channelId, PrivatePayload payload) {
    return privateDataPush.send(pkiId, channelId, payload);
  }

  /** Ends all streams. */
  @Override
  public void close() {
    timer.shutdownNow();
    membershipProtocol.stop();
    streams.close();
    threads.shutdownNow();
  }
}
