package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.blockraft.coordination.SimulatedCluster.Node;
import org.junit.jupiter.api.Test;

/**
 * Coordinators under random faults, from a seed.
 *
 * <p>Invariants: at each instant of true time at most one leads; terms strictly increase, and none
 * begins twice; a write fenced by a term lands only in that term; what was acknowledged is there;
 * once faults stop, all agree on one leader within a lease and a little.
 */
final class CoordinationSimulationTest {
  private static final int SEEDS = Integer.getInteger("coordination.seeds", 200);
  private static final long FIRST_SEED = Long.getLong("coordination.seed", 1);
  private static final Duration LEASE = SimulatedCluster.SETTINGS.leaseTtl();
  private static final int FAULTS = 25;

  @Test
  void invariantsHoldUnderFaults() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      run(seed);
    }
  }

  static void run(long seed) {
    try {
      new Run(seed).run();
    } catch (RuntimeException | Error failure) {
      throw new AssertionError(
          "seed " + seed + ": run with -Dcoordination.seed=" + seed + " -Dcoordination.seeds=1",
          failure);
    }
  }

  private static final class Run {
    private final SimulatedCluster cluster;
    private final Random random;
    private int facts;

    private Run(long seed) {
      cluster = new SimulatedCluster(seed, 2 + (int) (seed % 4));
      random = cluster.time.random();
    }

    private void run() {
      cluster.until("first leader", cluster::agreesOnLeader, LEASE);
      for (int i = 0; i < FAULTS; i++) {
        fault();
        cluster.run(cluster.time.between(Duration.ZERO, LEASE.dividedBy(2)));
        write();
      }
      heal();
      cluster.until("leader after faults", cluster::agreesOnLeader, LEASE.plusSeconds(3));
      cluster.until("facts after faults", this::factsAgree, LEASE);
      cluster.run(LEASE.multipliedBy(2));
      assertEquals(true, cluster.agreesOnLeader(), "leader stays");
    }

    private void fault() {
      Node node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
      Duration length = cluster.time.between(Duration.ofMillis(1), LEASE.multipliedBy(2));
      switch (random.nextInt(12)) {
        case 0, 1 -> crash(node, length);
        case 2 -> {
          node.loop.pause();
          cluster.time.after(length, node.loop::resume);
        }
        case 3 -> {
          node.port.cutOff(true);
          SimulatedEtcdPort port = node.port;
          cluster.time.after(length, () -> port.cutOff(node.loop.isCrashed()));
        }
        case 4 -> {
          cluster.etcd.stop();
          cluster.time.after(length, this::startEtcd);
        }
        case 5 -> cluster.etcd.compact();
        case 6 -> cluster.etcd.breakWatches("member of etcd died");
        case 7 -> {
          cluster.etcd.lossRate(random.nextDouble() / 5);
          cluster.etcd.delayMax(cluster.time.between(Duration.ofMillis(1), LEASE.dividedBy(8)));
        }
        case 8 -> {
          cluster.etcd.lossRate(0);
          cluster.etcd.delayMax(Duration.ofMillis(2));
        }
        case 9 -> node.coordinator.resign();
        case 10 -> node.coordinator.candidate(random.nextBoolean());
        default -> {
          cluster.etcd.compact();
          cluster.etcd.breakWatches("compacted");
        }
      }
      if (random.nextInt(3) == 0) {
        depose(node);
      }
    }

    private void startEtcd() {
      if (cluster.etcd.isDown()) {
        cluster.etcd.start();
      }
    }

    private void crash(Node node, Duration length) {
      if (node.loop.isCrashed()) {
        return;
      }
      node.crash();
      SimulatedLoop dead = node.loop;
      cluster.time.after(
          length,
          () -> {
            if (node.loop == dead) {
              node.restart();
            }
          });
    }

    private void depose(Node node) {
      node.coordinator
          .view()
          .leader()
          .ifPresent(
              leader -> {
                var _ = node.coordinator.depose(leader);
              });
    }

    private void write() {
      Node node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
      node.put("channels/c" + facts, "value " + facts);
      facts++;
      node.coordinator.view().leader().ifPresent(leader -> node.putFenced(leader.term()));
      node.coordinator.leading().ifPresent(node::putFenced);
    }

    private void heal() {
      cluster.etcd.lossRate(0);
      cluster.etcd.delayMax(Duration.ofMillis(2));
      startEtcd();
      for (Node node : cluster.nodes) {
        if (node.loop.isCrashed()) {
          node.restart();
        } else {
          node.loop.resume();
          node.port.cutOff(false);
        }
        node.coordinator.candidate(true);
      }
    }

    private boolean factsAgree() {
      return cluster.nodes.stream()
          .allMatch(
              node -> {
                var seen = node.coordinator.facts("");
                return cluster.acknowledged.entrySet().stream()
                    .allMatch(
                        fact ->
                            seen.containsKey(fact.getKey())
                                && new String(seen.get(fact.getKey()), StandardCharsets.UTF_8)
                                    .equals(fact.getValue()));
              });
    }
  }
}
