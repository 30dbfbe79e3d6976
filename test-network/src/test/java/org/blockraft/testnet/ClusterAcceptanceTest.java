package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes as one peer, with a real etcd, clients on every node, and kills. */
final class ClusterAcceptanceTest {
  private static final String CHANNEL = "acceptance";
  private static final int NODES = 3;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir private static Path root;

  private static NetworkFolder folder;
  private static LocalNetwork network;
  private static ClusterNodes nodes;
  private static ClusterWatch watch;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(EtcdServers.program(System.getenv()).isPresent(), EtcdServers.MISSING);
    assumeTrue(TestClusterFolder.isBuilt(), "the launcher is built in the package phase");
    folder = TestClusterFolder.create(root, NODES);
    network =
        new LocalNetwork(
            folder, new EmbeddedSurroundings(folder, new Processes(folder), CLOCK), CLOCK);
    network.up(new ClusterPlan(NODES, 1));
    nodes = network.nodes().orElseThrow();
    watch = new ClusterWatch(nodes);
    network.createChannel(CHANNEL);
    network.deploySample(CHANNEL, "wallet");
  }

  @AfterAll
  static void stop() {
    if (folder != null) {
      LocalNetwork.down(folder);
    }
    if (watch != null) {
      watch.close();
    }
  }

  @Test
  void everyNodeIsThePeer() {
    for (PeerPlace place : nodes.places()) {
      network.invoke(wallet("deposit", place.process(), "7"), place);
    }
    watch.awaitSameHeight(CHANNEL, 1, TIMEOUT);
    for (PeerPlace asked : nodes.places()) {
      for (PeerPlace account : nodes.places()) {
        assertEquals("7", network.query(wallet("balance", account.process()), asked));
      }
    }
  }

  @Test
  void clientsOfOtherNodesSeeNoFailureWhenTheLeaderIsKilled() {
    try (Load load = new Load(folder, LoadPlan.transfers(CHANNEL, 2, 1), CLOCK)) {
      FailoverDrill drill = new FailoverDrill(CHANNEL, nodes, watch, load);
      PeerPlace leader = drill.loadOnFollowers();
      FailoverDrill.Failover seen = drill.strike(leader);
      assertNotEquals(leader.process(), seen.successor());
      drill.end(leader);
      finish(load);
    }
  }

  @Test
  void aFollowerThatIsKilledIsNotMissed() {
    try (Load load = new Load(folder, LoadPlan.transfers(CHANNEL, 2, 1), CLOCK)) {
      FailoverDrill drill = new FailoverDrill(CHANNEL, nodes, watch, load);
      PeerPlace leader = watch.awaitLeader(TIMEOUT);
      PeerPlace follower =
          nodes.places().stream().filter(place -> !place.equals(leader)).findFirst().orElseThrow();
      load.on(nodes.places().stream().filter(place -> !place.equals(follower)).toList());
      load.awaitCommits(5, TIMEOUT);
      nodes.kill(follower);
      load.awaitCommits(5, TIMEOUT);
      assertEquals(Optional.of(leader), watch.leader());
      drill.end(follower);
      finish(load);
    }
  }

  /** Ends the load; every request must have been answered well, and all nodes be the same. */
  private static void finish(Load load) {
    load.close();
    assertEquals(List.of(), load.failures());
    assertTrue(load.acknowledged().size() > 0);
    long height = watch.awaitSameHeight(CHANNEL, 1, TIMEOUT);
    LedgerAudit.Outcome same =
        new LedgerAudit(folder, CHANNEL, CLOCK)
            .compare(nodes.places(), height, load.acknowledged());
    assertTrue(same.valid() >= load.acknowledged().size());
  }

  private static LocalNetwork.Call wallet(String function, String... arguments) {
    return new LocalNetwork.Call(CHANNEL, "wallet", function, List.of(arguments));
  }
}
