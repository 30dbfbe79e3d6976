package org.blockraft.replication;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.blockraft.cluster.wire.ChannelHeight;
import org.blockraft.cluster.wire.Control;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.blockraft.coordination.ClusterView;
import org.blockraft.coordination.CoordinationException;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.EtcdCoordinator;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.coordination.SimulatedEtcdPort;
import org.blockraft.coordination.SimulatedLoop;
import org.blockraft.coordination.Term;

/** One life of a node: the real coordinator and replicas over simulated edges. */
final class SimulatedProcess implements Coordinator.Listener {
  private final SimulatedNode node;
  private final String incarnation;
  private final SimulatedCluster cluster;
  private final SimulatedLoop loop;
  private final SimulatedLoop worker;
  private final SimulatedEtcdPort port;
  private final EtcdCoordinator coordinator;
  private final NodeReplicas replicas;
  private final Map<String, Caught> others = new TreeMap<>();
  private Set<String> members = Set.of();
  private SimulatedChannel channel;
  private ChannelReplica replica;
  private long disturbed;
  private long ledUntil;
  private long shown;

  /** What this process was told of another one since their link came up. */
  private record Caught(boolean known, boolean up) {}

  SimulatedProcess(SimulatedNode node, String incarnation) {
    this.node = node;
    this.incarnation = incarnation;
    this.cluster = node.cluster();
    this.loop = cluster.time().loop();
    this.worker = cluster.time().loop();
    this.port = cluster.etcd().port();
    this.coordinator =
        new EtcdCoordinator(
            loop,
            port,
            SimulatedCluster.SETTINGS,
            new NodeInfo(node.name(), node.name() + ":7070", incarnation),
            node.clusterId(),
            () -> "cluster-" + cluster.time().random().nextInt(1_000_000));
    this.replicas =
        new NodeReplicas(
            node.name(),
            coordinator,
            (to, frame) -> cluster.network().send(this, to, frame.build()),
            loop,
            Heartbeat::newBuilder,
            leader -> {
              cluster.trace(this, "deposes", leader);
              var _ = coordinator.depose(leader);
            });
    this.disturbed = cluster.time().nowNanos();
  }

  void start() {
    if (!node.disk().isEmpty()) {
      open();
    }
    loop.execute(replicas::start);
    cluster.network().started(this);
    coordinator.start(this);
  }

  /** Opens the channel that is on the disk. */
  void open() {
    channel = new SimulatedChannel(this, worker);
    replica = new ChannelReplica(node.name(), channel, replicas::send, loop);
    channel.replica(replica);
    loop.execute(() -> replicas.add(channel, replica));
  }

  SimulatedNode node() {
    return node;
  }

  String name() {
    return node.name();
  }

  SimulatedLoop loop() {
    return loop;
  }

  EtcdCoordinator coordinator() {
    return coordinator;
  }

  Optional<SimulatedChannel> channel() {
    return Optional.ofNullable(channel);
  }

  boolean isRunning() {
    return loop.isRunning();
  }

  /** Whether it takes blocks from the orderers in this term. */
  boolean isLeading() {
    return replica != null && replica.isLeading() && coordinator.leading().isPresent();
  }

  /** The newest term it has heard of. */
  long newestTerm() {
    return replicas.term();
  }

  boolean knows(SimulatedProcess other) {
    return members.contains(other.name());
  }

  Set<String> members() {
    return members;
  }

  /** Whether another node counts as joining here: it has said that it is far behind. */
  boolean holdsAsJoining(String other) {
    Caught caught = others.get(other);
    return caught != null && caught.known && !caught.up;
  }

  void pause() {
    disturbed = cluster.time().nowNanos();
    loop.pause();
    worker.pause();
  }

  void resume() {
    if (!loop.isCrashed()) {
      disturbed = cluster.time().nowNanos();
      loop.resume();
      worker.resume();
      cluster.network().resumed(this);
    }
  }

  void crash(boolean silently) {
    loop.crash();
    worker.crash();
    port.cutOff(true);
    cluster.network().crashed(this, silently);
  }

  void cutOffFromEtcd(boolean now) {
    port.cutOff(now || loop.isCrashed());
  }

  /** Since when nothing has stopped it. */
  long disturbed() {
    return disturbed;
  }

  void leads(long now) {
    ledUntil = now;
  }

  /** When it led the last time; 0 if never. */
  long ledUntil() {
    return ledUntil;
  }

  /** Notes what clients see; returns what they saw before. */
  long shows(long height) {
    long before = shown;
    shown = height;
    return before;
  }

  void linkUp(String other) {
    others.put(other, new Caught(false, false));
    cluster.trace(this, "linkUp", other);
    replicas.linkUp(other);
    node.linked();
  }

  void linkDown(String other) {
    cluster.trace(this, "linkDown", other);
    replicas.linkDown(other);
  }

  /** Takes a frame; one of an old term must do nothing to the ledger or to clients. */
  void received(String from, Frame frame, boolean linked) {
    long before = effects();
    boolean old = frame.getTerm() < replicas.term();
    if (linked) {
      note(from, frame);
    }
    replicas.received(from, frame);
    cluster
        .checks()
        .that(!old || effects() == before, this, "obeys", from, "in an old term", frame);
  }

  private long effects() {
    return channel == null ? 0 : channel.effects();
  }

  private void note(String from, Frame frame) {
    if (frame.hasHeartbeat()) {
      reported(
          from,
          frame.getHeartbeat().getChannelsList().stream()
              .mapToLong(ChannelHeight::getDurable)
              .max()
              .orElse(0));
    } else if (frame.hasControl()
        && frame.getControl().getKindCase() == Control.KindCase.PROGRESS) {
      reported(from, frame.getControl().getProgress().getDurable());
    }
  }

  private void reported(String from, long height) {
    if (channel != null) {
      boolean caughtUp =
          height + ChannelReplica.LAG_BLOCKS >= channel.durable().height()
              || others.getOrDefault(from, new Caught(false, false)).up;
      others.put(from, new Caught(true, caughtUp));
    }
  }

  @Override
  public void viewChanged(ClusterView view) {
    cluster.trace(
        this,
        "view",
        view.members().keySet(),
        view.leader().map(leader -> leader.node() + " in " + leader.term().revision()));
    members = view.members().keySet();
    cluster.network().members(this);
    replicas.changed();
    node.clusterId(coordinator.clusterId());
  }

  @Override
  public void leadingChanged(Optional<Term> term) {
    cluster.trace(this, "leading", term);
    replicas.changed();
  }

  @Override
  public void factsChanged() {}

  @Override
  public void connectedChanged(boolean connected) {}

  @Override
  public void refused(CoordinationException reason) {
    cluster.checks().that(false, this, "refused", reason.getMessage());
  }

  @Override
  public String toString() {
    return incarnation;
  }
}
