package org.blockraft.replication;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.blockraft.coordination.EtcdSettings;
import org.blockraft.coordination.SimulatedEtcd;
import org.blockraft.coordination.SimulatedTime;

/** A whole cluster with orderer, etcd and network in one thread; the seed decides everything. */
final class SimulatedCluster {
  /** The first is there from the start. */
  static final List<String> CHANNELS = List.of("first", "second", "third");

  /** Impatient, so that much happens in little time. */
  static final EtcdSettings SETTINGS = settings();

  private static final Duration TRAP_DELAY_MAX = Duration.ofMillis(3);

  private final SimulatedTime time;
  private final SimulatedEtcd etcd;
  private final TreeMap<String, SimulatedOrderer> orderers = new TreeMap<>();
  private final SimulatedNetwork network;
  private final SimulatedChecks checks;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Map<SimulatedPoint, Consumer<SimulatedProcess>> traps =
      new EnumMap<>(SimulatedPoint.class);

  private static EtcdSettings settings() {
    EtcdSettings usual = EtcdSettings.of(List.of("simulated:2379"), "test");
    return new EtcdSettings(
        usual.endpoints(),
        usual.prefix(),
        EtcdSettings.LEASE_TTL_MIN,
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        usual.tls(),
        usual.user());
  }

  SimulatedCluster(long seed, int size) {
    time = new SimulatedTime(seed);
    etcd = new SimulatedEtcd(time);
    for (String channelId : CHANNELS) {
      orderers.put(channelId, new SimulatedOrderer(time.random()));
    }
    network = new SimulatedNetwork(time);
    checks = new SimulatedChecks(this);
    for (int i = 0; i < size; i++) {
      add().join(CHANNELS.getFirst());
    }
    nodes.forEach(SimulatedNode::start);
  }

  /** One more node, not started yet, with an empty disk. */
  SimulatedNode add() {
    SimulatedNode node = new SimulatedNode(this, "n" + nodes.size());
    nodes.add(node);
    return node;
  }

  SimulatedTime time() {
    return time;
  }

  SimulatedEtcd etcd() {
    return etcd;
  }

  SimulatedOrderer orderer(String channelId) {
    return orderers.get(channelId);
  }

  /** The orderers of all channels, joined or not. */
  Collection<SimulatedOrderer> orderers() {
    return orderers.values();
  }

  /** The channels that some node has joined. */
  Set<String> channelIds() {
    Set<String> joined = new TreeSet<>();
    nodes.forEach(node -> joined.addAll(node.channelIds()));
    return joined;
  }

  SimulatedNetwork network() {
    return network;
  }

  SimulatedChecks checks() {
    return checks;
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  SimulatedNode node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
  }

  /** Those that were started and have not crashed. */
  List<SimulatedProcess> processes() {
    List<SimulatedProcess> processes = new ArrayList<>();
    for (SimulatedNode node : nodes) {
      if (!node.isCrashed()) {
        processes.add(node.process());
      }
    }
    return processes;
  }

  void trace(Object... words) {
    checks.trace(words);
  }

  void run(Duration duration) {
    time.run(duration, checks::step);
  }

  /** Waits in virtual time. */
  void until(String what, BooleanSupplier condition, Duration limit) {
    boolean held = time.runUntil(condition, limit, checks::step);
    checks.that(held, what, "not within", limit, state());
  }

  /** What can be lost on the way: the next process that comes there meets the trap. */
  void trap(SimulatedPoint at, Consumer<SimulatedProcess> action) {
    traps.put(at, action);
  }

  /** A process has come to a point where it might be caught. */
  void reached(SimulatedPoint point, SimulatedProcess process) {
    Consumer<SimulatedProcess> action = traps.remove(point);
    if (action != null) {
      trace(process, "is trapped,", point);
      time.after(
          time.between(Duration.ZERO, TRAP_DELAY_MAX),
          () -> {
            if (process.isRunning()) {
              action.accept(process);
            }
          });
    }
  }

  /** Nobody is caught any more. */
  void disarm() {
    traps.clear();
  }

  /** One leads, every node has everything, and every client sees all blocks that there are. */
  boolean isUpToDate() {
    return processes().size() == nodes.size()
        && processes().stream().filter(SimulatedProcess::isLeading).count() == 1
        && processes().stream().allMatch(this::isUpToDate);
  }

  private boolean isUpToDate(SimulatedProcess process) {
    return (nodes.size() == 1 || process.sharing().isComplete())
        && channelIds().stream().allMatch(channelId -> shows(process, channelId));
  }

  private boolean shows(SimulatedProcess process, String channelId) {
    return process
        .channel(channelId)
        .filter(channel -> channel.announced() == orderer(channelId).height())
        .isPresent();
  }

  /** All processes have ended, also their threads. */
  void end() {
    processes().forEach(process -> process.threads().kill());
  }

  private String state() {
    StringBuilder state = new StringBuilder();
    for (SimulatedProcess process : processes()) {
      state.append("; %s complete %s".formatted(process, process.sharing().isComplete()));
      for (SimulatedChannel channel : process.channels()) {
        state.append(
            ", %s leading %s ordered %d written %d forced %d announced %d"
                .formatted(
                    channel.channelId(),
                    channel.isLeading(),
                    orderer(channel.channelId()).height(),
                    channel.disk().height(),
                    channel.disk().forced(),
                    channel.announced()));
      }
    }
    return state.toString();
  }
}
