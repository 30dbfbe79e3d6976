package org.blockraft.replication;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.NodeRequests;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
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
  private final SimulatedEtcdPort port;
  private final EtcdCoordinator coordinator;
  private final NodeReplicas replicas;
  private final SimulatedThreads threads;
  private final Siblings siblings;
  private final SharedHoldings sharing;
  private final SimulatedHoldings holdings = new SimulatedHoldings(this);
  private final SimulatedService service = new SimulatedService(this);
  private final SimulatedProposals proposals;
  private final TreeMap<String, SimulatedChannel> channels = new TreeMap<>();
  private Set<String> members = Set.of();
  private final TreeMap<Long, TreeMap<String, Long>> heard = new TreeMap<>();
  private final TreeMap<Long, Integer> memberships = new TreeMap<>();
  private long disturbed;
  private long ledUntil;

  SimulatedProcess(SimulatedNode node, String incarnation) {
    this.node = node;
    this.incarnation = incarnation;
    this.cluster = node.cluster();
    this.loop = cluster.time().loop();
    this.threads = new SimulatedThreads(loop);
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
            this::load,
            leader -> {
              cluster.trace(this, "deposes", leader);
              var _ = coordinator.depose(leader);
            });
    this.siblings =
        new Siblings(node.name(), new Requests(), replicas::term, () -> members, threads);
    this.sharing = new SharedHoldings(coordinator, siblings, loop, threads);
    this.proposals = new SimulatedProposals(this);
    this.disturbed = cluster.time().nowNanos();
  }

  private final class Requests implements NodeRequests {
    @Override
    public Set<String> connected() {
      return cluster.network().connected(SimulatedProcess.this);
    }

    @Override
    public CompletableFuture<Reply> request(
        String other, long term, Request request, Duration timeout) {
      return cluster.network().request(SimulatedProcess.this, other, request, timeout);
    }
  }

  private Heartbeat.Builder load() {
    return Heartbeat.newBuilder()
        .setOutstanding(proposals.worker().outstanding())
        .setLoad(proposals.sample())
        .setWeight(sharing.isComplete() ? 1 : 0);
  }

  void start() {
    node.channelIds().forEach(this::open);
    sharing.start(holdings);
    loop.execute(replicas::start);
    cluster.network().started(this);
    coordinator.start(this);
  }

  /** Joins a channel, unless it has been joined. */
  void join(String channelId) {
    if (!channels.containsKey(channelId)) {
      node.join(channelId);
      open(channelId);
    }
  }

  /** Opens a channel that is on the disk. */
  private void open(String channelId) {
    SimulatedChannel channel = new SimulatedChannel(this, channelId, cluster.time().loop());
    ChannelReplica replica = new ChannelReplica(node.name(), channel, replicas::send, loop);
    channel.replica(replica);
    channels.put(channelId, channel);
    loop.execute(() -> replicas.add(channel, replica));
  }

  CompletableFuture<Reply> serve(Request request) {
    return service.serve(request);
  }

  SimulatedThreads threads() {
    return threads;
  }

  Siblings siblings() {
    return siblings;
  }

  NodeReplicas replicas() {
    return replicas;
  }

  SharedHoldings sharing() {
    return sharing;
  }

  SimulatedHoldings holdings() {
    return holdings;
  }

  SimulatedProposals proposals() {
    return proposals;
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

  Optional<SimulatedChannel> channel(String channelId) {
    return Optional.ofNullable(channels.get(channelId));
  }

  Collection<SimulatedChannel> channels() {
    return channels.values();
  }

  List<String> channelIds() {
    return List.copyOf(channels.navigableKeySet());
  }

  boolean isRunning() {
    return loop.isRunning();
  }

  /** Whether it takes blocks of all its channels from the orderers in this term. */
  boolean isLeading() {
    return coordinator.leading().isPresent()
        && !channels.isEmpty()
        && channels.values().stream().allMatch(SimulatedChannel::isLeading);
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

  /** The least number of members in some time up to now, of the views with this node in it. */
  int membersWithin(Duration duration) {
    long since = cluster.time().nowNanos() - duration.toNanos();
    Long first = memberships.floorKey(since);
    return memberships.tailMap(first == null ? since : first).values().stream()
        .mapToInt(Integer::intValue)
        .filter(size -> size > 0)
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  /** Notes how high this process is when it first knows of a term. */
  void heard() {
    long term = replicas.term();
    if (heard.isEmpty() || heard.lastKey() < term) {
      TreeMap<String, Long> heights = new TreeMap<>();
      channels.forEach((id, channel) -> heights.put(id, channel.disk().forced()));
      heard.put(term, heights);
    }
  }

  /** Null if it has not heard of that term or a newer one. */
  Long heightWhenHeardOf(Term term, String channelId) {
    var entry = heard.ceilingEntry(term.revision());
    return entry == null ? null : entry.getValue().getOrDefault(channelId, 0L);
  }

  void pause() {
    disturbed = cluster.time().nowNanos();
    loop.pause();
    channels.values().forEach(channel -> channel.worker().pause());
  }

  void resume() {
    if (!loop.isCrashed()) {
      disturbed = cluster.time().nowNanos();
      loop.resume();
      channels.values().forEach(channel -> channel.worker().resume());
      cluster.network().resumed(this);
    }
  }

  void crash(boolean silently) {
    loop.crash();
    channels.values().forEach(channel -> channel.worker().crash());
    threads.kill();
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

  void linkUp(String other) {
    channels.values().forEach(channel -> channel.linkUp(other));
    cluster.trace(this, "linkUp", other);
    proposals.found(other);
    replicas.linkUp(other);
    sharing.reconcile();
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
      channels.values().forEach(channel -> channel.note(from, frame));
    }
    replicas.received(from, frame);
    cluster
        .checks()
        .that(!old || effects() == before, this, "obeys", from, "in an old term", frame);
  }

  private long effects() {
    return channels.values().stream().mapToLong(SimulatedChannel::effects).sum();
  }

  @Override
  public void viewChanged(ClusterView view) {
    cluster.trace(
        this,
        "view",
        view.members().keySet(),
        view.leader().map(leader -> leader.node() + " in " + leader.term().revision()));
    members = view.members().keySet();
    memberships.put(cluster.time().nowNanos(), members.contains(name()) ? members.size() : 0);
    cluster.network().members(this);
    replicas.changed();
    node.clusterId(coordinator.clusterId());
  }

  @Override
  public void leadingChanged(Optional<Term> term) {
    cluster.trace(this, "leading", term);
    if (term.isPresent()) {
      cluster.reached(SimulatedPoint.ELECTED, this);
    }
    replicas.changed();
  }

  @Override
  public void factsChanged() {
    sharing.reconcile();
  }

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
