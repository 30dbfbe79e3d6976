package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.blockraft.coordination.EtcdSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Coordination, replication and failover of a whole cluster under random faults, from a seed. What
 * must hold is in {@link SimulatedChecks}; and when faults stop, there is soon one leader, and
 * every node has and shows all blocks.
 *
 * <p>{@code -Dreplication.seeds} and {@code -Dreplication.seed}: how many, and the first; the
 * profile {@code nightly} runs thousands.
 */
final class ReplicationSimulationTest {
  private static final int SEEDS = Integer.getInteger("replication.seeds", 200);
  private static final long FIRST_SEED = Long.getLong("replication.seed", 1);
  private static final int FAULTS = 16;

  /** The most that a run may take in real time. */
  private static final long HOURS = 6;

  private static final int[] SIZES = {3, 3, 5, 3, 2, 3, 5, 1};

  private static final EtcdSettings SETTINGS = SimulatedCluster.SETTINGS;

  /** Time to find one leader. */
  private static final Duration RECOVERY = SETTINGS.leaseTtl().plusSeconds(2);

  /** Requests wait for others at most so long. */
  private static final Duration ANSWERS = Duration.ofSeconds(10);

  /** Blocks of each channel that come at once, in a cluster where nothing fails. */
  private static final List<Integer> BURSTS = List.of(1, 1, 50, 1, 200);

  private static final Duration AT_ONCE = Duration.ofMillis(200);
  private static final Duration A_BLOCK = Duration.ofMillis(5);

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("org.blockraft");
  private static final Level LEVEL = LOG.getLevel();

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.toLevel(System.getProperty("replication.log"), Level.ERROR));
  }

  @AfterAll
  static void asBefore() {
    LOG.setLevel(LEVEL);
  }

  /** Like the threads of the simulation: then one hands over to the other much faster. */
  private static void inVirtualThread(Runnable work) throws Exception {
    CompletableFuture.runAsync(work, Thread::startVirtualThread).get(HOURS, TimeUnit.HOURS);
  }

  @Test
  void invariantsHoldUnderFaults() throws Exception {
    inVirtualThread(
        () -> {
          for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            var _ = run(seed);
          }
        });
  }

  @Test
  void aSeedAlwaysGivesTheSameRun() throws Exception {
    inVirtualThread(() -> assertEquals(run(FIRST_SEED), run(FIRST_SEED)));
  }

  static long run(long seed) {
    int size = SIZES[(int) (seed % SIZES.length)];
    SimulatedCluster cluster = new SimulatedCluster(seed, size);
    try {
      cluster.until("first leader", cluster::isUpToDate, RECOVERY);
      SimulatedFaults faults = new SimulatedFaults(cluster, size + 1);
      SimulatedClients clients = new SimulatedClients(cluster);
      for (int i = 0; i < FAULTS; i++) {
        faults.inject();
        cluster.run(cluster.time().between(Duration.ZERO, Duration.ofSeconds(1)));
      }
      clients.end();
      faults.heal();
      cluster.until("recovery", cluster::isUpToDate, RECOVERY);
      cluster.until("answers", clients::areServed, ANSWERS);
      cluster.run(SETTINGS.leaseTtl());
      cluster.until("lasting leadership", cluster::isUpToDate, Duration.ZERO);
      BURSTS.forEach(blocks -> inTime(cluster, blocks));
      return cluster.checks().fingerprint();
    } catch (RuntimeException | Error failure) {
      throw new AssertionError(
          "seed " + seed + ": run with -Dreplication.seed=" + seed + " -Dreplication.seeds=1",
          failure);
    } finally {
      cluster.end();
    }
  }

  /** When nothing fails, nobody waits for anything but disks and links. */
  private static void inTime(SimulatedCluster cluster, int blocks) {
    for (String channelId : cluster.channelIds()) {
      for (int i = 0; i < blocks; i++) {
        cluster.orderer(channelId).cut();
      }
    }
    cluster.until(
        blocks + " blocks", cluster::isUpToDate, AT_ONCE.plus(A_BLOCK.multipliedBy(blocks)));
  }
}
