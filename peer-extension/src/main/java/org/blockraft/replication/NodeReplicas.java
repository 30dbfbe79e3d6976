package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.blockraft.cluster.LinkLimits;
import org.blockraft.cluster.wire.Announced;
import org.blockraft.cluster.wire.ChannelHeight;
import org.blockraft.cluster.wire.Control;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.blockraft.cluster.wire.Progress;
import org.blockraft.coordination.ClusterView;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.EventLoop;
import org.blockraft.coordination.Leader;
import org.blockraft.coordination.Term;
import org.blockraft.ledger.DurableTip;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node among the others: gives each channel's replica its role from what the coordinator says,
 * exchanges heartbeats, and has a leader replaced that a majority cannot reach. Owned by the loop;
 * {@link #status} and {@link #term} are for any thread.
 *
 * <p>Invariant: every frame carries the newest term this node knows of; this node leads in no older
 * one.
 */
public final class NodeReplicas {
  private static final Logger LOG = LoggerFactory.getLogger(NodeReplicas.class);

  /** How often subscriptions that bring nothing are looked for. */
  private static final int TICK_BEATS = 5;

  /**
   * A leader that lacks more than so many blocks had better be another node: nothing is committed
   * while it takes them over.
   */
  private static final long BEHIND_BLOCKS_MAX = 64;

  private final String self;
  private final Coordinator coordinator;
  private final FrameSender links;
  private final EventLoop loop;
  private final Supplier<Heartbeat.Builder> load;
  private final Map<String, ChannelReplica> replicas = new TreeMap<>();
  private final Map<String, ReplicatedChannel> channels = new HashMap<>();
  private final Set<String> linked = new TreeSet<>();
  private final LeaderVotes votes;
  private final Consumer<Leader> deposes;
  private volatile Map<String, NodeStatus> status = Map.of();
  private volatile long term;
  private ClusterView view = ClusterView.EMPTY;
  private final Map<String, RootComparison> roots = new HashMap<>();
  private long beats;
  private long deposing;
  private long yielded;

  /**
   * @param load a heartbeat with this node's load filled in
   * @param deposes asked to end the leadership of a node that a majority cannot reach
   */
  public NodeReplicas(
      String self,
      Coordinator coordinator,
      FrameSender links,
      EventLoop loop,
      Supplier<Heartbeat.Builder> load,
      Consumer<Leader> deposes) {
    this.self = self;
    this.coordinator = coordinator;
    this.links = links;
    this.loop = loop;
    this.load = load;
    this.deposes = deposes;
    this.votes = new LeaderVotes(self, loop);
  }

  /** Begins to send heartbeats. */
  public void start() {
    beat();
  }

  /** Sends a frame with the newest term. */
  public boolean send(String node, Frame.Builder frame) {
    return links.send(node, frame.setTerm(term));
  }

  /** The newest term that this node knows of. */
  public long term() {
    return term;
  }

  /** What is known of the other nodes, by name. */
  public Map<String, NodeStatus> status() {
    return status;
  }

  /** A channel was opened on this node. */
  public void add(ReplicatedChannel channel, ChannelReplica replica) {
    channels.put(channel.channelId(), channel);
    replicas.put(channel.channelId(), replica);
    replica.members(view.members().keySet());
    linked.forEach(replica::linkUp);
    assignRole(replica);
  }

  /** Members or leader changed, or this node's own leadership. */
  public void changed() {
    view = coordinator.view();
    view.leader().ifPresent(leader -> learn(leader.term().revision()));
    votes.leader(view.leader(), linked);
    replicas.values().forEach(replica -> replica.members(view.members().keySet()));
    assignRoles();
    sendHeartbeats();
    depose();
  }

  private void assignRoles() {
    replicas.values().forEach(this::assignRole);
  }

  private void assignRole(ChannelReplica replica) {
    Optional<Term> own = coordinator.leading().filter(t -> t.revision() >= term);
    Optional<Leader> leader = view.leader();
    if (own.isPresent()) {
      replica.lead(own.get());
    } else if (leader.isPresent()
        && !leader.get().node().equals(self)
        && leader.get().term().revision() >= term) {
      replica.follow(leader.get().term(), leader.get().node());
    } else {
      replica.idle(term);
    }
  }

  private void learn(long newer) {
    term = Math.max(term, newer);
  }

  /** A link came up. */
  public void linkUp(String node) {
    linked.add(node);
    votes.leader(view.leader(), linked);
    publish(node, NodeStatus.unknown(node));
    replicas.values().forEach(replica -> replica.linkUp(node));
    sendHeartbeat(node);
  }

  /** A link is gone. */
  public void linkDown(String node) {
    if (!linked.remove(node)) {
      return;
    }
    votes.forget(node);
    publish(node, NodeStatus.unknown(node));
    replicas.values().forEach(replica -> replica.linkDown(node));
    if (votes.goneTerm(linked) != 0) {
      LOG.warn("The leader {} cannot be reached", node);
      sendHeartbeats();
    }
    depose();
  }

  /** A frame that is no request and no reply. */
  public void received(String node, Frame frame) {
    if (!linked.contains(node)) {
      return;
    }
    if (frame.getTerm() > term) {
      learn(frame.getTerm());
      assignRoles();
    }
    switch (frame.getKindCase()) {
      case HEARTBEAT -> heartbeat(node, frame.getTerm(), frame.getHeartbeat());
      case CONTROL -> control(node, frame.getTerm(), frame.getControl());
      case BLOCK ->
          replica(frame.getBlock().getChannel())
              .ifPresent(replica -> replica.received(node, frame.getTerm(), frame.getBlock()));
      case CREDIT ->
          replica(frame.getCredit().getChannel())
              .ifPresent(replica -> replica.credited(node, frame.getCredit()));
      default -> LOG.debug("Ignored a frame of kind {} from {}", frame.getKindCase(), node);
    }
  }

  private Optional<ChannelReplica> replica(String channelId) {
    return Optional.ofNullable(replicas.get(channelId));
  }

  private void control(String node, long itsTerm, Control control) {
    switch (control.getKindCase()) {
      case SUBSCRIBE ->
          replica(control.getSubscribe().getChannel())
              .ifPresent(replica -> replica.subscribed(node, control.getSubscribe()));
      case PROGRESS -> {
        Progress progress = control.getProgress();
        replica(progress.getChannel())
            .ifPresent(
                replica ->
                    replica.reported(
                        node,
                        itsTerm,
                        new DurableTip(
                            progress.getDurable(), progress.getCommitHash().toByteArray())));
      }
      case ANNOUNCED ->
          replica(control.getAnnounced().getChannel())
              .ifPresent(replica -> replica.announced(node, itsTerm, control.getAnnounced()));
      default -> LOG.debug("Ignored a control of kind {} from {}", control.getKindCase(), node);
    }
  }

  private void heartbeat(String node, long itsTerm, Heartbeat heartbeat) {
    Map<String, Long> heights = new TreeMap<>();
    for (ChannelHeight height : heartbeat.getChannelsList()) {
      heights.put(height.getChannel(), height.getDurable());
      replica(height.getChannel()).ifPresent(replica -> reported(replica, node, itsTerm, height));
      compareRoots(node, height);
    }
    for (ChannelReplica replica : replicas.values()) {
      if (!heights.containsKey(replica.channelId())) {
        replica.reported(node, itsTerm, new DurableTip(0, new byte[0]));
      }
    }
    publish(
        node,
        new NodeStatus(
            node,
            true,
            heartbeat.getLeading(),
            heartbeat.getDraining(),
            heartbeat.getOutstanding(),
            heartbeat.getLoad(),
            heartbeat.getWeight(),
            heights));
    votes.voted(node, heartbeat.getLeaderGoneTerm());
    depose();
    yieldIfBehind();
  }

  private void compareRoots(String node, ChannelHeight height) {
    ReplicatedChannel channel = channels.get(height.getChannel());
    if (channel != null) {
      RootComparison comparison =
          roots.computeIfAbsent(channel.channelId(), id -> new RootComparison());
      comparison.told(node, height.getRootsList());
      comparison
          .isOutvoted(view.members().keySet(), self, channel::root)
          .ifPresent(channel::outvoted);
    }
  }

  /** Gives leadership away, before it has begun, to a node that has many more blocks. */
  private void yieldIfBehind() {
    Optional<Term> own = coordinator.leading();
    if (own.isEmpty() || own.get().revision() == yielded) {
      return;
    }
    for (NodeStatus other : status.values()) {
      if (other.linked()
          && !other.draining()
          && view.members().containsKey(other.name())
          && other.heights().entrySet().stream()
              .anyMatch(e -> isFarBehind(e.getKey(), e.getValue()))) {
        yielded = own.get().revision();
        LOG.info("This node has just joined or was away; {} shall lead", other.name());
        coordinator.resign();
        return;
      }
    }
  }

  private boolean isFarBehind(String channelId, long height) {
    ChannelReplica replica = replicas.get(channelId);
    if (replica == null) {
      return height > BEHIND_BLOCKS_MAX;
    }
    return !replica.isLeading()
        && height > channels.get(channelId).durable().height() + BEHIND_BLOCKS_MAX;
  }

  private static void reported(
      ChannelReplica replica, String node, long itsTerm, ChannelHeight height) {
    replica.reported(
        node, itsTerm, new DurableTip(height.getDurable(), height.getCommitHash().toByteArray()));
    // Should an announcement have been lost on the way, or the leader have no link with this node.
    replica.announced(
        node,
        itsTerm,
        Announced.newBuilder()
            .setChannel(height.getChannel())
            .setHeight(height.getAnnounced())
            .build());
  }

  private void publish(String node, NodeStatus now) {
    Map<String, NodeStatus> next = new TreeMap<>(status);
    next.put(node, now);
    status = Map.copyOf(next);
  }

  private void depose() {
    Optional<Leader> deposed = votes.deposed(view.members().keySet(), linked);
    if (deposed.isPresent() && deposed.get().term().revision() != deposing) {
      deposing = deposed.get().term().revision();
      LOG.warn(
          "A majority cannot reach the leader {} of term {}; another one takes over",
          deposed.get().node(),
          deposing);
      deposes.accept(deposed.get());
      // Should etcd not have answered, or the leader still be cut off.
      var _ = loop.schedule(LeaderVotes.GRACE, () -> deposing = 0);
    }
  }

  private void beat() {
    var _ = loop.schedule(LinkLimits.HEARTBEAT_INTERVAL, this::beat);
    if (++beats % TICK_BEATS == 0) {
      // Leadership also ends by this node's own clock, without a word from etcd.
      assignRoles();
      replicas.values().forEach(ChannelReplica::tick);
    }
    sendHeartbeats();
    depose();
  }

  private void sendHeartbeats() {
    if (!linked.isEmpty()) {
      Heartbeat heartbeat = heartbeat();
      linked.forEach(node -> send(node, Frame.newBuilder().setHeartbeat(heartbeat)));
    }
  }

  private void sendHeartbeat(String node) {
    send(node, Frame.newBuilder().setHeartbeat(heartbeat()));
  }

  private Heartbeat heartbeat() {
    Heartbeat.Builder heartbeat =
        load.get()
            .setSequence(beats)
            .setLeading(coordinator.leading().isPresent())
            .setLeaderGoneTerm(votes.goneTerm(linked));
    channels
        .values()
        .forEach(
            channel -> {
              DurableTip durable = channel.durable();
              heartbeat.addChannels(
                  ChannelHeight.newBuilder()
                      .setChannel(channel.channelId())
                      .setDurable(durable.height())
                      .setAnnounced(channel.announced())
                      .setCommitHash(ByteString.copyFrom(durable.commitHash()))
                      .addAllRoots(channel.roots()));
            });
    return heartbeat.build();
  }
}
