package org.blockraft.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.blockraft.coordination.ClusterView;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.LoopThread;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.coordination.StandaloneCoordinator;
import org.blockraft.coordination.Term;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders in etcd drain a node and end a term; an old order has no effect. */
final class DutiesTest {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final LoopThread loop = new LoopThread("test");
  private final NodeInfo self = new NodeInfo("n1", "n1:7060", "abc");
  private final Coordinator coordinator = new StandaloneCoordinator(loop, self, PAUSE);
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger terms = new AtomicInteger();
  private final Duties duties = new Duties(self, coordinator, loop, underWay::get, () -> false);

  @BeforeEach
  void start() {
    coordinator.start(
        new Coordinator.Listener() {
          @Override
          public void viewChanged(ClusterView view) {}

          @Override
          public void leadingChanged(Optional<Term> term) {
            terms.addAndGet(term.isPresent() ? 1 : 0);
          }

          @Override
          public void factsChanged() {
            duties.factsChanged();
          }

          @Override
          public void connectedChanged(boolean connected) {}
        });
    Awaitility.await().until(() -> coordinator.leading().isPresent());
  }

  @AfterEach
  void stop() {
    coordinator.close();
    loop.close();
  }

  private void write(String fact, String value) throws Exception {
    assertTrue(coordinator.put(fact, OperatorFacts.bytes(value)).get(5, TimeUnit.SECONDS));
  }

  @Test
  void anOrderDrainsUntilItIsTakenBack() throws Exception {
    assertFalse(duties.isDraining());
    write(OperatorFacts.drain("n2"), "order for another");
    write(OperatorFacts.drain("n1"), "order 1");
    Awaitility.await().until(duties::isDraining);
    Awaitility.await().until(() -> coordinator.leading().isEmpty());
    write(OperatorFacts.drain("n1"), "");
    Awaitility.await().until(() -> !duties.isDraining());
    Awaitility.await().until(() -> coordinator.leading().isPresent());
  }

  @Test
  void onlyTheTermThatIsNamedEnds() throws Exception {
    long term = coordinator.leading().orElseThrow().revision();
    int before = terms.get();
    write(OperatorFacts.RESIGN, Long.toString(term + 1));
    write(OperatorFacts.RESIGN, "not a term");
    assertEquals(before, terms.get());
    assertTrue(coordinator.leading().isPresent());
    write(OperatorFacts.RESIGN, Long.toString(term));
    Awaitility.await().until(() -> terms.get() > before);
  }

  @Test
  void aNodeThatStopsFinishesTheOthersRequests() throws Exception {
    underWay.set(1);
    CompletableFuture<Void> stopped = duties.stop();
    Awaitility.await().until(() -> coordinator.leading().isEmpty());
    assertTrue(duties.isDraining());
    assertFalse(stopped.isDone());
    underWay.set(0);
    stopped.get(5, TimeUnit.SECONDS);
  }

  @Test
  void aDrainedNodeIsFoundByItsFact() {
    assertEquals(Optional.of("n1"), OperatorFacts.drainedNode(OperatorFacts.drain("n1")));
    assertEquals(Optional.empty(), OperatorFacts.drainedNode(OperatorFacts.drained("n1")));
    assertEquals(Optional.empty(), OperatorFacts.drainedNode("channels/drain"));
  }
}
