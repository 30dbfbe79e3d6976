package org.blockraft.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.blockraft.cluster.wire.FetchGenesis;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.blockraft.cluster.wire.Request;
import org.junit.jupiter.api.Test;

final class LinkSilenceTest {
  private static final Duration STEP = Duration.ofMillis(50);

  private static final Frame HEARTBEAT =
      Frame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();

  private final TestClock clock = TestClock.manual();
  private final TestNode a =
      new TestNode("a", "1", s -> s, TestNode.PEER, AdmittedNodes.sameKey(TestNode.PEER), clock);
  private final TestNode b = new TestNode("b");

  private void link() {
    b.knows(a);
    a.knows(b);
    a.awaitEvent("up b");
    b.awaitEvent("up a");
  }

  private void close() {
    a.close();
    b.close();
  }

  @Test
  void aSilentNodeIsLost() {
    link();
    for (int i = 0; i < 12; i++) {
      clock.advance(STEP);
    }
    assertEquals(1, a.events.size());
    clock.advance(STEP);
    assertEquals("down b: silent for 650 ms", a.events.getLast());
    b.awaitEvent("down a");
    close();
  }

  @Test
  void aNodeThatIsHeardIsNotLost() {
    link();
    for (int i = 0; i < 30; i++) {
      if (i % 5 == 0) {
        int before = a.frames.size();
        assertTrue(b.links.send("a", HEARTBEAT));
        await().atMost(TestNode.PATIENCE).until(() -> a.frames.size() > before);
      }
      clock.advance(STEP);
    }
    assertEquals(1, a.events.size());
    close();
  }

  @Test
  void aPauseOfTheNodeItselfIsNotTakenForSilenceOfTheOthers() {
    link();
    clock.advance(Duration.ofSeconds(3));
    assertEquals(1, a.events.size());
    for (int i = 0; i < 7; i++) {
      clock.advance(STEP);
    }
    assertEquals("down b: silent for 650 ms", a.events.getLast());
    close();
  }

  @Test
  void aNodeThatIsAlwaysLateNoticesSilenceToo() {
    link();
    for (int i = 0; i < 4; i++) {
      clock.advance(Duration.ofMillis(300));
    }
    assertEquals("down b: silent for 900 ms", a.events.getLast());
    close();
  }

  @Test
  void requestsEndByTheSameClock() {
    link();
    var reply =
        a.links.request(
            "b",
            1,
            Request.newBuilder().setFetchGenesis(FetchGenesis.newBuilder().setChannel("c")).build(),
            Duration.ofMillis(80));
    clock.advance(STEP);
    assertTrue(!reply.isDone());
    clock.advance(STEP);
    assertTrue(reply.isCompletedExceptionally());
    close();
  }
}
