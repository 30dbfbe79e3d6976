package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.blockraft.coordination.SimulatedCluster.Node;
import org.junit.jupiter.api.Test;

/** The coordinator over a simulated etcd. */
final class EtcdCoordinatorTest extends CoordinatorContract {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ID = SimulatedCluster.SETTINGS.prefix() + "/id";

  private final SimulatedTime time = new SimulatedTime(1);

  @Override
  Coordinator coordinator() {
    return new EtcdCoordinator(
        time.loop(),
        new SimulatedEtcd(time).port(),
        EtcdSettings.of(List.of("simulated:2379"), "alone"),
        SELF,
        Optional.empty(),
        () -> "cluster");
  }

  /** Waiting for real would not let virtual time go on. */
  @Override
  void close(Coordinator coordinator) {
    var left = ((EtcdCoordinator) coordinator).leave();
    until("left", left::isDone);
  }

  @Override
  void until(String what, BooleanSupplier condition) {
    assertTrue(time.runUntil(condition, SOON), what);
  }

  private static SimulatedCluster threeNodes() {
    SimulatedCluster cluster = new SimulatedCluster(7, 3);
    cluster.until("a leader", cluster::agreesOnLeader, SOON);
    return cluster;
  }

  @Test
  void aPausedLeaderLeadsNoMoreWhenItGoesOn() {
    SimulatedCluster cluster = threeNodes();
    Node paused = cluster.leader();
    paused.loop.pause();
    cluster.until("another leads", () -> cluster.nodes.stream().anyMatch(Node::leads), SOON);
    paused.loop.resume();
    assertTrue(paused.coordinator.leading().isEmpty());
    cluster.until("all agree", cluster::agreesOnLeader, SOON);
  }

  @Test
  void theLeaderGoesOnWithoutEtcdAsLongAsItsLease() {
    SimulatedCluster cluster = threeNodes();
    Node leader = cluster.leader();
    cluster.etcd.stop();
    cluster.run(Duration.ofSeconds(2));
    assertTrue(leader.leads());
    cluster.run(Duration.ofSeconds(3));
    assertFalse(leader.leads());
    cluster.etcd.start();
    cluster.until("all agree", cluster::agreesOnLeader, SOON);
  }

  @Test
  void anEtcdThatForgetsIsNotBelievedAndLeftEmpty() {
    SimulatedCluster cluster = threeNodes();
    cluster.etcd.forget();
    cluster.run(SOON);
    assertTrue(cluster.nodes.stream().noneMatch(Node::leads));
    assertTrue(cluster.nodes.stream().noneMatch(node -> node.coordinator.isConnected()));
    Node node = cluster.nodes.getFirst();
    node.crash();
    node.restart();
    cluster.run(SOON);
    assertEquals(1, cluster.etcd.revision(), "nobody wrote");
    assertFalse(node.leads());
  }

  @Test
  void anotherIdIsRefusedUntilTheOwnOneIsBack() {
    SimulatedCluster cluster = threeNodes();
    byte[] id = cluster.etcd.get(ID).orElseThrow().value();
    cluster.etcd.set(ID, Optional.of(new byte[] {'x'}));
    cluster.run(SOON);
    assertTrue(cluster.nodes.stream().noneMatch(Node::leads));
    cluster.etcd.set(ID, Optional.of(id));
    cluster.until("all agree", cluster::agreesOnLeader, SOON);
  }

  @Test
  void aNameInUseElsewhereIsRefused() {
    SimulatedCluster cluster = threeNodes();
    Node leader = cluster.leader();
    SimulatedLoop first = leader.loop;
    leader.restart("elsewhere:7070");
    cluster.until("refused", () -> leader.refused.isPresent(), SOON);
    assertTrue(leader.refused.orElseThrow().getMessage().contains(leader.name));
    assertTrue(first.isRunning());
  }

  @Test
  void aProcessThatStartsAnewTakesItsNameOverAtOnce() {
    SimulatedCluster cluster = threeNodes();
    Node leader = cluster.leader();
    leader.crash();
    leader.restart();
    cluster.until("all agree", cluster::agreesOnLeader, Duration.ofMillis(500));
  }

  @Test
  void aDeposedNodeThatLivesComesBackAsFollower() {
    SimulatedCluster cluster = threeNodes();
    Node alive = cluster.leader();
    var answer =
        cluster.follower().coordinator.depose(alive.coordinator.view().leader().orElseThrow());
    cluster.until("deposed", () -> answer.isDone() && !alive.leads(), Duration.ofSeconds(1));
    cluster.until("all agree", cluster::agreesOnLeader, Duration.ofSeconds(1));
    assertFalse(alive.leads());
  }
}
