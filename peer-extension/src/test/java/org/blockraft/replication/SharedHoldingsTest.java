package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.NodeRequests;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.ClusterView;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.coordination.SimulatedTime;
import org.blockraft.coordination.StandaloneCoordinator;
import org.blockraft.coordination.Term;
import org.junit.jupiter.api.Test;

/** What is agreed about packages by a node that has only just started. */
final class SharedHoldingsTest {
  private static final ByteString FILE = ByteString.copyFromUtf8("a package");
  private static final Reply STORED = Reply.newBuilder().setPayload(ByteString.EMPTY).build();

  private final SimulatedTime time = new SimulatedTime(1);
  private final StandaloneCoordinator coordinator =
      new StandaloneCoordinator(
          time.loop(), new NodeInfo("node1", "127.0.0.1:1", "1"), Duration.ofSeconds(1));
  private final Set<String> members = new TreeSet<>();
  private final Set<String> stored = new TreeSet<>();
  private final Map<String, CompletableFuture<Reply>> answers = new HashMap<>();
  private final List<Duration> awaitedInVain = new ArrayList<>();
  private String silent = "";
  private Duration etcdAnswersAfter = Duration.ofDays(1);
  private Duration waited = Duration.ZERO;

  private final Waits waits =
      new Waits() {
        @Override
        public long nanoTime() {
          return waited.toNanos();
        }

        @Override
        public boolean await(CompletableFuture<?> future, Duration atMost) {
          if (!future.isDone()) {
            answers.values().forEach(answer -> answer.complete(STORED));
          }
          if (!future.isDone()) {
            awaitedInVain.add(atMost);
          }
          return future.isDone();
        }

        @Override
        public void pause(Duration duration) {
          waited = waited.plus(duration);
          if (members.isEmpty() && waited.compareTo(etcdAnswersAfter) >= 0) {
            etcdAnswers();
          }
        }

        @Override
        public void start(String name, Runnable work) {
          work.run();
        }
      };

  private final SharedHoldings holdings =
      new SharedHoldings(
          coordinator,
          new Siblings("node1", new Others(), () -> 1, () -> members, waits),
          time.loop(),
          waits);

  private void etcdAnswers() {
    coordinator.start(new Unheard());
    members.addAll(Set.of("node1", "node2", "node3"));
  }

  @Test
  void packageThatComesBeforeEtcdAnsweredIsAtMajorityAndNoted() {
    etcdAnswersAfter = Duration.ofSeconds(2);
    holdings.installed("basic:1", FILE);
    assertEquals(Set.of("node2", "node3"), stored);
    assertEquals(Set.of("packages/basic:1"), coordinator.facts(SharedHoldings.PACKAGES).keySet());
  }

  @Test
  void withoutEtcdPackageIsRefusedInTime() {
    assertEquals(
        "package basic:1 is stored on this node, but not by a majority of the nodes",
        assertThrows(IllegalStateException.class, () -> holdings.installed("basic:1", FILE))
            .getMessage());
    assertEquals(Duration.ofSeconds(20), waited);
  }

  @Test
  void packageIsAwaitedOnAllNodesThatCanBeReached() {
    etcdAnswers();
    answers.put("node3", new CompletableFuture<>());
    holdings.installed("basic:1", FILE);
    assertEquals(Set.of("node2", "node3"), stored);
    assertEquals(List.of(), awaitedInVain);
  }

  @Test
  void nodeThatNeverAnswersIsAwaitedForSomeSecondsOnly() {
    etcdAnswers();
    silent = "node3";
    holdings.installed("basic:1", FILE);
    assertEquals(Set.of("node2"), stored);
    assertEquals(List.of(Duration.ofSeconds(5)), awaitedInVain);
  }

  /** Other nodes that store whatever comes. */
  private final class Others implements NodeRequests {
    @Override
    public Set<String> connected() {
      return Set.of("node2", "node3");
    }

    @Override
    public CompletableFuture<Reply> request(
        String node, long term, Request request, Duration timeout) {
      if (node.equals(silent)) {
        return new CompletableFuture<>();
      }
      CompletableFuture<Reply> answer =
          answers.getOrDefault(node, CompletableFuture.completedFuture(STORED));
      return answer.whenComplete((reply, failure) -> stored.add(node));
    }
  }

  private static final class Unheard implements Coordinator.Listener {
    @Override
    public void viewChanged(ClusterView view) {}

    @Override
    public void leadingChanged(Optional<Term> term) {}

    @Override
    public void factsChanged() {}

    @Override
    public void connectedChanged(boolean connected) {}
  }
}
