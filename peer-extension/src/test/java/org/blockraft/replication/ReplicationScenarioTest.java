package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.slf4j.LoggerFactory;

/** What users are promised about single faults, each from a few seeds. */
final class ReplicationScenarioTest {
  private static final String CHANNEL = SimulatedCluster.CHANNELS.getFirst();
  private static final int SEEDS = 8;
  private static final Duration LEASE = SimulatedCluster.SETTINGS.leaseTtl();

  /** Nobody may need the end of a lease. */
  private static final Duration QUICK = Duration.ofSeconds(1);

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("org.blockraft");
  private static final Level LEVEL = LOG.getLevel();

  @BeforeAll
  static void quiet() {
    LOG.setLevel(Level.ERROR);
  }

  @AfterAll
  static void asBefore() {
    LOG.setLevel(LEVEL);
  }

  private static SimulatedCluster running(RepetitionInfo repetition, int blocks) {
    SimulatedCluster cluster = new SimulatedCluster(repetition.getCurrentRepetition(), 3);
    cut(cluster, blocks);
    cluster.until("start", cluster::isUpToDate, LEASE.plusSeconds(2));
    cluster.run(QUICK);
    return cluster;
  }

  private static void cut(SimulatedCluster cluster, int blocks) {
    for (int i = 0; i < blocks; i++) {
      cluster.orderer(CHANNEL).cut();
    }
  }

  private static SimulatedProcess leader(SimulatedCluster cluster) {
    return cluster.processes().stream()
        .filter(SimulatedProcess::isLeading)
        .findFirst()
        .orElseThrow();
  }

  private static SimulatedProcess follower(SimulatedCluster cluster) {
    return cluster.processes().stream().filter(p -> !p.isLeading()).findFirst().orElseThrow();
  }

  private static boolean shows(SimulatedProcess process, long height) {
    return process.channel(CHANNEL).filter(channel -> channel.announced() == height).isPresent();
  }

  private static void awaitAllShown(SimulatedCluster cluster, Duration limit) {
    cluster.until(
        "new blocks",
        () ->
            cluster.processes().stream()
                .filter(SimulatedProcess::isRunning)
                .allMatch(process -> shows(process, cluster.orderer(CHANNEL).height())),
        limit);
  }

  @RepeatedTest(SEEDS)
  void aDeadLeaderIsReplacedLongBeforeItsLeaseEnds(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 20);
    leader(cluster).node().crash(repetition.getCurrentRepetition() % 2 == 0);
    cut(cluster, 5);
    awaitAllShown(cluster, QUICK);
  }

  @RepeatedTest(SEEDS)
  void aLeaderThatGivesItAwayLosesNothing(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 20);
    for (int i = 0; i < 10; i++) {
      cut(cluster, 10);
      cluster.run(cluster.time().between(Duration.ZERO, Duration.ofMillis(30)));
      leader(cluster).coordinator().resign();
      awaitAllShown(cluster, QUICK);
      cluster.run(SimulatedCluster.SETTINGS.resignPause());
    }
  }

  @RepeatedTest(SEEDS)
  void aDeadFollowerHoldsUpNothing(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 20);
    follower(cluster).node().crash(true);
    cut(cluster, 5);
    awaitAllShown(cluster, Duration.ofMillis(200));
  }

  @RepeatedTest(SEEDS)
  void aLeaderStoppedForLongerThanItsLeaseIsFenced(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 20);
    SimulatedProcess stopped = leader(cluster);
    stopped.pause();
    cut(cluster, 5);
    awaitAllShown(cluster, QUICK);
    cluster.run(LEASE.multipliedBy(2));
    stopped.resume();
    cut(cluster, 5);
    awaitAllShown(cluster, QUICK);
    assertFalse(stopped.isLeading());
  }

  @RepeatedTest(SEEDS)
  void aNodeThatIsCutOffFromTheLeaderFollowsThroughAnother(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 20);
    SimulatedProcess leader = leader(cluster);
    SimulatedProcess lonely = follower(cluster);
    cluster.network().block(leader.name(), lonely.name());
    cluster.network().block(lonely.name(), leader.name());
    cluster.run(QUICK);
    cut(cluster, 5);
    awaitAllShown(cluster, QUICK);
    assertEquals(leader, leader(cluster));
  }

  @RepeatedTest(SEEDS)
  void withoutEtcdTheLeaderGoesOnForItsLease(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 20);
    cluster.etcd().stop();
    cut(cluster, 5);
    awaitAllShown(cluster, Duration.ofMillis(200));
    cluster.run(LEASE);
    assertEquals(0, cluster.processes().stream().filter(SimulatedProcess::isLeading).count());
    cut(cluster, 5);
    cluster.etcd().start();
    awaitAllShown(cluster, LEASE.plusSeconds(2));
  }

  @RepeatedTest(SEEDS)
  void anEmptyNodeThatJoinsHoldsUpNothing(RepetitionInfo repetition) {
    SimulatedCluster cluster = running(repetition, 600);
    SimulatedNode empty = cluster.add();
    empty.start();
    cluster.run(Duration.ofMillis(200));
    SimulatedProcess leader = leader(cluster);
    leader.node().crash(false);
    cut(cluster, 5);
    cluster.until(
        "new blocks",
        () ->
            cluster.processes().stream()
                .filter(process -> process != empty.process())
                .allMatch(process -> shows(process, cluster.orderer(CHANNEL).height())),
        QUICK);
    awaitAllShown(cluster, LEASE.plusSeconds(2));
  }
}
