package org.blockraft.replication;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.blockraft.coordination.SimulatedTime;

/** What may go wrong, and its end. */
final class SimulatedFaults {
  private static final Duration LEASE = SimulatedCluster.SETTINGS.leaseTtl();

  private final SimulatedCluster cluster;
  private final SimulatedTime time;
  private final Random random;
  private final int nodesMax;
  private boolean healed;

  SimulatedFaults(SimulatedCluster cluster, int nodesMax) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = time.random();
    this.nodesMax = nodesMax;
    order();
  }

  /** Blocks come now and then, sometimes many. */
  private void order() {
    if (!healed) {
      int blocks = random.nextInt(40) == 0 ? random.nextInt(100) : 1;
      for (int i = 0; i < blocks; i++) {
        cluster.orderer().cut();
      }
      time.after(time.between(Duration.ofMillis(5), Duration.ofMillis(80)), this::order);
    }
  }

  void inject() {
    SimulatedNode node = any();
    Duration length = time.between(Duration.ofMillis(1), LEASE.plus(LEASE.dividedBy(2)));
    int kind = random.nextInt(20);
    cluster.trace("fault", kind, "on", node.name(), "for", length);
    switch (kind) {
      case 0, 1, 2 -> crash(node, length, false);
      case 3 -> crash(node, length, true);
      case 4, 5 -> pause(node, length);
      case 6 -> isolate(node, length);
      case 7 -> oneWay(node, length);
      case 8 -> split(length);
      case 9, 10 -> cluster.network().reset(node.name(), any().name());
      case 11 -> cutOff(node, length);
      case 12 -> etcdDown(length);
      case 13 -> {
        cluster.etcd().compact();
        cluster.etcd().breakWatches("compacted");
      }
      case 14 -> {
        cluster.etcd().lossRate(random.nextDouble() / 5);
        cluster.etcd().delayMax(time.between(Duration.ofMillis(1), Duration.ofMillis(200)));
        later(length, this::calmEtcd);
      }
      case 15 -> {
        node.slow(true);
        later(length, () -> node.slow(false));
      }
      case 16 -> {
        cluster.network().delayMax(time.between(Duration.ofMillis(1), Duration.ofMillis(120)));
        later(length, () -> cluster.network().delayMax(Duration.ofMillis(2)));
      }
      case 17 -> resign(node);
      case 18 -> join();
      default -> {
        cluster.orderer().down(true);
        later(length, () -> cluster.orderer().down(false));
      }
    }
  }

  private SimulatedNode any() {
    return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
  }

  private void later(Duration delay, Runnable end) {
    time.after(
        delay,
        () -> {
          if (!healed) {
            end.run();
          }
        });
  }

  private void crash(SimulatedNode node, Duration length, boolean losesDisk) {
    if (node.isCrashed()) {
      return;
    }
    node.crash(random.nextInt(3) == 0);
    if (losesDisk && othersHaveTheChannel(node)) {
      node.loseDisk();
    }
    SimulatedProcess dead = node.process();
    later(
        length,
        () -> {
          if (node.process() == dead) {
            node.start();
          }
        });
  }

  private boolean othersHaveTheChannel(SimulatedNode node) {
    return cluster.nodes().stream().anyMatch(o -> !o.equals(node) && !o.disk().isEmpty());
  }

  private void pause(SimulatedNode node, Duration length) {
    if (node.isRunning()) {
      SimulatedProcess process = node.process();
      process.pause();
      later(length, process::resume);
    }
  }

  private void cutOff(SimulatedNode node, Duration length) {
    if (!node.isCrashed()) {
      SimulatedProcess process = node.process();
      process.cutOffFromEtcd(true);
      later(length, () -> process.cutOffFromEtcd(false));
    }
  }

  private void isolate(SimulatedNode node, Duration length) {
    boolean fromEtcd = random.nextBoolean();
    if (fromEtcd) {
      cutOff(node, length.multipliedBy(2)); // it hears of what happened from the others first
    }
    separate(List.of(node), length);
  }

  private void split(Duration length) {
    List<SimulatedNode> nodes = new ArrayList<>(cluster.nodes());
    Collections.shuffle(nodes, random);
    separate(nodes.subList(0, random.nextInt(nodes.size())), length);
  }

  private void separate(List<SimulatedNode> some, Duration length) {
    for (SimulatedNode one : some) {
      for (SimulatedNode other : List.copyOf(cluster.nodes())) {
        if (!some.contains(other)) {
          block(one, other, length);
          block(other, one, length);
        }
      }
    }
  }

  private void oneWay(SimulatedNode node, Duration length) {
    SimulatedNode other = any();
    if (!other.equals(node)) {
      block(node, other, length);
    }
  }

  private void block(SimulatedNode from, SimulatedNode to, Duration length) {
    cluster.network().block(from.name(), to.name());
    later(length, () -> cluster.network().unblock(from.name(), to.name()));
  }

  private void etcdDown(Duration length) {
    if (!cluster.etcd().isDown()) {
      cluster.etcd().stop();
      later(length, cluster.etcd()::start);
    }
  }

  private void resign(SimulatedNode node) {
    if (!node.isCrashed()) {
      if (random.nextBoolean()) {
        node.process().coordinator().resign();
      } else {
        node.process().coordinator().candidate(random.nextBoolean());
      }
    }
  }

  private void join() {
    if (cluster.nodes().size() < nodesMax) {
      cluster.add().start();
    }
  }

  private void calmEtcd() {
    cluster.etcd().lossRate(0);
    cluster.etcd().delayMax(Duration.ofMillis(2));
  }

  /** Everything works from now on, and no more blocks come. */
  void heal() {
    healed = true;
    cluster.trace("healed,", cluster.orderer().height(), "blocks");
    calmEtcd();
    if (cluster.etcd().isDown()) {
      cluster.etcd().start();
    }
    cluster.orderer().down(false);
    cluster.network().delayMax(Duration.ofMillis(2));
    for (SimulatedNode node : cluster.nodes()) {
      node.slow(false);
      for (SimulatedNode other : cluster.nodes()) {
        cluster.network().unblock(node.name(), other.name());
      }
      if (node.isCrashed()) {
        node.start();
      } else {
        if (!node.isRunning()) {
          node.process().resume();
        }
        node.process().cutOffFromEtcd(false);
      }
      node.process().coordinator().candidate(true);
    }
  }
}
