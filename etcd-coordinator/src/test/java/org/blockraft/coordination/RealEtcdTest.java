package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Coordination over a real etcd. */
final class RealEtcdTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  @TempDir private Path folder;
  private EtcdServer etcd;
  private EtcdSettings settings;
  private final List<RealNode> nodes = new ArrayList<>();

  @BeforeEach
  void startEtcd() throws IOException {
    assumeTrue(EtcdServer.program("etcd").isPresent(), "there is no etcd on the path");
    etcd = EtcdServer.start(folder);
    settings = EtcdSettings.of(List.of(etcd.endpoint()), "test").withLeaseTtl(LEASE);
  }

  @AfterEach
  void stop() {
    nodes.forEach(RealNode::close);
    if (etcd != null) {
      etcd.close();
    }
  }

  private RealNode node(String name) {
    RealNode node = new RealNode(settings, name);
    nodes.add(node);
    return node;
  }

  private static void until(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofSeconds(15))
        .until(condition);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  private RealNode leader() {
    until("a leader", () -> nodes.stream().anyMatch(RealNode::leads));
    return nodes.stream().filter(RealNode::leads).findFirst().orElseThrow();
  }

  private RealNode follower() {
    RealNode leader = leader();
    return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
  }

  private void startThree() {
    node("n1");
    node("n2");
    node("n3");
    until("three members", () -> nodes.stream().allMatch(node -> node.sees(3)));
  }

  @Test
  void aDeposedDeadLeaderIsFollowedAtOnce() throws Exception {
    startThree();
    RealNode dead = leader();
    Term old = dead.coordinator.leading().orElseThrow();
    RealNode judge = follower();
    Leader gone = judge.coordinator.view().leader().orElseThrow();
    assertEquals(old, gone.term());
    dead.die();
    nodes.remove(dead);
    long begin = System.nanoTime();
    Future<Boolean> deposed = judge.coordinator.depose(gone);
    until("another leader", () -> nodes.stream().anyMatch(RealNode::leads));
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertTrue(get(deposed));
    assertTrue(took.toMillis() < 1_000, "take-over took " + took);
    assertTrue(leader().coordinator.leading().orElseThrow().compareTo(old) > 0);
    until("two members", () -> nodes.stream().allMatch(node -> node.sees(2)));
    assertFalse(get(judge.coordinator.depose(gone)), "a second time");
    assertFalse(get(judge.coordinator.putFenced(old, "fenced", new byte[] {1})));
    assertTrue(
        get(
            judge.coordinator.putFenced(
                leader().coordinator.leading().orElseThrow(), "fenced", new byte[] {2})));
  }

  @Test
  void aSilentLeaderLosesItsLeaseInEtcd() {
    startThree();
    RealNode dead = leader();
    dead.die();
    nodes.remove(dead);
    until("another leader", () -> nodes.stream().anyMatch(RealNode::leads));
    until("its own clock ends its term", () -> !dead.leads());
  }

  @Test
  void factsReachAllNodesAndOutliveThem() throws Exception {
    startThree();
    assertTrue(get(nodes.get(0).coordinator.put("channels/a", new byte[] {1})));
    assertTrue(get(nodes.get(1).coordinator.put("packages/p:1", new byte[] {2})));
    assertEquals(1, nodes.get(0).coordinator.facts("channels/").size(), "what it wrote is there");
    until(
        "facts everywhere",
        () -> nodes.stream().allMatch(node -> node.coordinator.facts("").size() == 2));
    nodes.forEach(RealNode::close);
    nodes.clear();
    RealNode later = node("n4");
    until("facts later", () -> later.coordinator.facts("").size() == 2);
  }

  @Test
  void resignAndDrainHandLeadershipOver() {
    startThree();
    RealNode first = leader();
    first.coordinator.resign();
    until("another leader", () -> !first.leads() && nodes.stream().anyMatch(RealNode::leads));
    RealNode second = leader();
    second.coordinator.candidate(false);
    until("a third", () -> !second.leads() && nodes.stream().anyMatch(RealNode::leads));
  }

  @Test
  void watchesGoOnAfterRestartAndCompactionOfEtcd() throws Exception {
    startThree();
    Term term = leader().coordinator.leading().orElseThrow();
    etcd.kill();
    etcd.start();
    etcd.control("put", "/elsewhere", "1");
    etcd.control("put", "/elsewhere", "2");
    String status = etcd.control("endpoint", "status", "--write-out=json");
    String revision = status.replaceAll(".*\"revision\":(\\d+).*", "$1").strip();
    etcd.control("compact", revision);
    until(
        "writes again",
        () -> {
          try {
            return get(nodes.get(0).coordinator.put("channels/b", new byte[] {3}));
          } catch (ExecutionException e) {
            return false;
          }
        });
    until(
        "fact everywhere",
        () -> nodes.stream().allMatch(node -> node.coordinator.facts("").size() == 1));
    until("a leader", () -> nodes.stream().anyMatch(RealNode::leads));
    assertTrue(leader().coordinator.leading().orElseThrow().compareTo(term) >= 0);
  }

  @Test
  void withoutEtcdTheLeaderStepsDownByItsOwnClock() throws Exception {
    startThree();
    etcd.kill();
    until("no leader", () -> nodes.stream().noneMatch(RealNode::leads));
    until("noticed", () -> nodes.stream().noneMatch(node -> node.coordinator.isConnected()));
    assertThrows(
        ExecutionException.class, () -> get(nodes.get(0).coordinator.put("a", new byte[0])));
    assertEquals(3, nodes.get(0).coordinator.view().members().size(), "the last view stays");
    etcd.start();
    until("a leader again", () -> nodes.stream().anyMatch(RealNode::leads));
    until("three members", () -> nodes.stream().allMatch(node -> node.sees(3)));
  }

  @Test
  void anEtcdThatForgetsIsNotBelieved() throws Exception {
    startThree();
    String id = nodes.get(0).coordinator.clusterId().orElseThrow();
    etcd.kill();
    etcd.wipe();
    etcd.start();
    until("no leader", () -> nodes.stream().noneMatch(RealNode::leads));
    until(
        "no leader in view",
        () -> nodes.stream().allMatch(n -> n.coordinator.view().leader().isEmpty()));
    assertFalse(get(nodes.get(0).coordinator.put("a", new byte[0])));
    RealNode back = new RealNode(settings, "n4", "n4:7070", Optional.of(id));
    nodes.add(back);
    assertEquals("", etcd.control("get", "--prefix", "/blockraft", "--keys-only").strip());
    assertFalse(back.leads());
  }

  @Test
  void aNameBelongsToOneProcess() {
    startThree();
    RealNode other = new RealNode(settings, "n2", "elsewhere:7070", Optional.empty());
    nodes.add(other);
    until("refused", () -> other.refused.get() != null);
    assertTrue(other.refused.get().getMessage().contains("n2"), other.refused.get().getMessage());
    RealNode restarted = node("n1");
    until("the earlier one gives up", () -> nodes.get(0).refused.get() != null);
    until(
        "the new one is the member",
        () -> restarted.info.equals(nodes.get(1).coordinator.view().members().get("n1")));
  }

  @Test
  void clustersOnOneEtcdAreApart() {
    RealNode one = node("n1");
    settings = EtcdSettings.of(List.of(etcd.endpoint()), "test2").withLeaseTtl(LEASE);
    RealNode two = node("n1");
    until("both lead", () -> one.leads() && two.leads());
    assertFalse(one.coordinator.clusterId().equals(two.coordinator.clusterId()));
  }
}
