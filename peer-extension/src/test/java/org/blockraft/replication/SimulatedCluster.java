package org.blockraft.replication;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.blockraft.coordination.EtcdSettings;
import org.blockraft.coordination.SimulatedEtcd;
import org.blockraft.coordination.SimulatedTime;

/** A whole cluster with orderer, etcd and network in one thread; the seed decides everything. */
final class SimulatedCluster {
  /** Impatient, so that much happens in little time. */
  static final EtcdSettings SETTINGS = settings();

  private final SimulatedTime time;
  private final SimulatedEtcd etcd;
  private final SimulatedOrderer orderer;
  private final SimulatedNetwork network;
  private final SimulatedChecks checks;
  private final List<SimulatedNode> nodes = new ArrayList<>();

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
    orderer = new SimulatedOrderer(time.random());
    network = new SimulatedNetwork(time);
    checks = new SimulatedChecks(this);
    for (int i = 0; i < size; i++) {
      add().join();
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

  SimulatedOrderer orderer() {
    return orderer;
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

  /** One leads, and every client sees all blocks that there are. */
  boolean isUpToDate() {
    return processes().size() == nodes.size()
        && processes().stream().filter(SimulatedProcess::isLeading).count() == 1
        && processes().stream()
            .allMatch(
                process ->
                    process.channel().isPresent()
                        && process.channel().get().announced() == orderer.height());
  }

  private String state() {
    StringBuilder state = new StringBuilder("ordered " + orderer.height());
    for (SimulatedProcess process : processes()) {
      state.append(
          "; %s leading %s written %d forced %d announced %d"
              .formatted(
                  process,
                  process.isLeading(),
                  process.node().disk().height(),
                  process.node().disk().forced(),
                  process.channel().map(SimulatedChannel::announced).orElse(0L)));
    }
    return state.toString();
  }
}
