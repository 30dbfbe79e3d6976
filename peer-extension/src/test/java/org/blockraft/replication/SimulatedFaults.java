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
  private static final int BLOCKS_MAX = 100;
  private static final SimulatedPoint[] POINTS = SimulatedPoint.values();

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
      for (SimulatedOrderer orderer : cluster.orderers()) {
        int blocks = random.nextInt(40) == 0 ? random.nextInt(BLOCKS_MAX) : 1;
        for (int i = 0; i < blocks; i++) {
          orderer.cut();
        }
      }
      time.after(time.between(Duration.ofMillis(5), Duration.ofMillis(120)), this::order);
    }
  }

  void inject() {
    if (random.nextInt(3) == 0) {
      trap();
    }
    SimulatedNode node = random.nextInt(3) == 0 ? leaderOr(any()) : any();
    Duration length = time.between(Duration.ofMillis(1), LEASE.plus(LEASE.dividedBy(2)));
    int kind = random.nextInt(24);
    cluster.trace("fault", kind, "on", node.name(), "for", length);
    switch (kind) {
      case 0, 1, 2 -> crash(node, length, false);
      case 3 -> crash(node, length, true);
      case 4 -> pause(node, length);
      case 5 -> pause(node, length.multipliedBy(2));
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
      case 15, 16 -> slow(node, length);
      case 17 -> {
        cluster.network().delayMax(time.between(Duration.ofMillis(1), Duration.ofMillis(120)));
        later(length, () -> cluster.network().delayMax(Duration.ofMillis(2)));
      }
      case 18 -> resign(node);
      case 19 -> join();
      case 20, 21 -> dethrone(node);
      case 22 -> succeedLate(node);
      default -> {
        cluster.orderers().forEach(orderer -> orderer.down(true));
        later(length, () -> cluster.orderers().forEach(orderer -> orderer.down(false)));
      }
    }
  }

  /** The next process that comes to some point is caught by some fault there. */
  private void trap() {
    SimulatedPoint point = POINTS[random.nextInt(POINTS.length)];
    Duration length = time.between(Duration.ofMillis(1), LEASE.multipliedBy(2));
    int kind = random.nextInt(6);
    cluster.trace("trap at", point, "of kind", kind, "for", length);
    cluster.trap(
        point,
        process -> {
          SimulatedNode node = process.node();
          switch (kind) {
            case 0 -> crash(node, length, false);
            case 1 -> crash(node, length, true);
            case 2 -> pause(node, length);
            case 3 -> isolate(node, length);
            case 4 -> resign(node);
            default -> dethrone(node);
          }
        });
  }

  private SimulatedNode leaderOr(SimulatedNode other) {
    return cluster.processes().stream()
        .filter(process -> process.coordinator().leading().isPresent())
        .map(SimulatedProcess::node)
        .findFirst()
        .orElse(other);
  }

  /**
   * A node is cut off long enough to be deposed and is back, but not with etcd, before its lease is
   * over: it believes that it leads, and the others tell it better.
   */
  private void dethrone(SimulatedNode node) {
    cutOff(node, LEASE);
    separate(List.of(node), time.between(Duration.ofMillis(450), Duration.ofMillis(900)));
  }

  /**
   * One node hears of leaders late, from others, and is slow: blocks of an old term are on their
   * way to it when it hears of a new one.
   */
  private void succeedLate(SimulatedNode node) {
    Duration length = LEASE.plus(LEASE);
    slow(node, length);
    cutOff(node, length);
    cluster.network().delayMax(Duration.ofMillis(100));
    later(length, () -> cluster.network().delayMax(Duration.ofMillis(2)));
    time.after(time.between(Duration.ZERO, LEASE), () -> resign(leaderOr(node)));
  }

  private void slow(SimulatedNode node, Duration length) {
    node.slow(true);
    later(length, () -> node.slow(false));
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
    if (losesDisk && cluster.checks().survives(node)) {
      cluster.trace(node.name(), "loses its disk");
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
    cluster.disarm();
    cluster.trace("healed");
    calmEtcd();
    if (cluster.etcd().isDown()) {
      cluster.etcd().start();
    }
    cluster.orderers().forEach(orderer -> orderer.down(false));
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
