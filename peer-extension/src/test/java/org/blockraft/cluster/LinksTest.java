package org.blockraft.cluster;

import static org.awaitility.Awaitility.await;
import static org.blockraft.cluster.TestNode.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.blockraft.cluster.wire.Announced;
import org.blockraft.cluster.wire.Control;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Refusal;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Simulate;
import org.junit.jupiter.api.Test;

final class LinksTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Request SIMULATE =
      Request.newBuilder()
          .setSimulate(Simulate.newBuilder().setSignedProposal(ByteString.copyFromUtf8("proposal")))
          .build();

  private static Frame announced(long height) {
    return Frame.newBuilder()
        .setTerm(7)
        .setControl(
            Control.newBuilder()
                .setAnnounced(Announced.newBuilder().setChannel("c").setHeight(height)))
        .build();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return assertThrows(ExecutionException.class, () -> get(future)).getCause();
  }

  @Test
  void threeNodesHaveOneLinkForEachPair() {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b");
        TestNode c = new TestNode("c")) {
      TestNode.link(a, b, c);
      assertEquals(Set.of("up b 1", "up c 1"), Set.copyOf(a.events));
      assertEquals(Set.of("up a 1", "up c 1"), Set.copyOf(b.events));
      assertEquals(2, c.meters.get("cluster.links").gauge().value());
    }
  }

  @Test
  void framesArriveInOrderBothWays() {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b")) {
      TestNode.link(a, b);
      int count = 2000;
      for (int i = 0; i < count; i++) {
        assertTrue(a.links.send("b", announced(i)));
        assertTrue(b.links.send("a", announced(i)));
      }
      List<Frame> sent = IntStream.range(0, count).mapToObj(LinksTest::announced).toList();
      for (TestNode node : List.of(a, b)) {
        await().atMost(PATIENCE).until(() -> node.frames.size() == count);
        assertEquals(sent, List.copyOf(node.frames));
      }
      assertTrue(a.metered("cluster.frames_sent") >= count);
      assertTrue(a.metered("cluster.bytes_received") >= 8 * count);
    }
  }

  @Test
  void requestsGetTheirReplies() throws Exception {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b")) {
      b.replies =
          request ->
              CompletableFuture.supplyAsync(
                  () ->
                      Reply.newBuilder()
                          .setPayload(request.getSimulate().getSignedProposal())
                          .build());
      a.replies = request -> CompletableFuture.failedFuture(new IllegalStateException("broken"));
      TestNode.link(a, b);
      List<CompletableFuture<Reply>> replies =
          IntStream.range(0, 500).mapToObj(i -> a.links.request("b", 7, SIMULATE, MINUTE)).toList();
      for (CompletableFuture<Reply> reply : replies) {
        assertEquals("proposal", get(reply).getPayload().toStringUtf8());
      }
      assertEquals(
          500, a.meters.get("cluster.request_duration").tag("kind", "simulate").summary().count());

      Reply failed = get(b.links.request("a", 7, SIMULATE, MINUTE));
      assertEquals(Refusal.Code.FAILED, failed.getRefusal().getCode());
      assertEquals("broken", failed.getRefusal().getText());

      // What a later version may ask.
      Reply unknown = get(a.links.request("b", 7, Request.getDefaultInstance(), MINUTE));
      assertEquals(Refusal.Code.UNKNOWN_KIND, unknown.getRefusal().getCode());
    }
  }

  @Test
  void theEndOfALinkFailsItsRequestsAtOnce() {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b")) {
      TestNode.link(a, b);
      CompletableFuture<Reply> asked = a.links.request("b", 7, SIMULATE, MINUTE);
      CompletableFuture<Reply> served = b.links.request("a", 7, SIMULATE, MINUTE);
      await().atMost(PATIENCE).until(() -> b.open.size() == 1 && a.open.size() == 1);
      b.links.close();
      LinkLost lost = assertInstanceOf(LinkLost.class, failure(asked));
      assertTrue(lost.sent());
      assertInstanceOf(LinkLost.class, failure(served));
      a.awaitEvent("down b");
      await().atMost(PATIENCE).until(() -> a.open.getFirst().isCancelled());
      assertFalse(a.links.send("b", announced(1)));
      LinkLost none =
          assertInstanceOf(LinkLost.class, failure(a.links.request("b", 7, SIMULATE, MINUTE)));
      assertFalse(none.sent());
      assertEquals(1, a.metered("cluster.links_lost"));
    }
  }

  @Test
  void aReplyThatIsNotWantedIsCancelledAtTheOtherNode() {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b")) {
      TestNode.link(a, b);
      CompletableFuture<Reply> cancelled = a.links.request("b", 7, SIMULATE, MINUTE);
      await().atMost(PATIENCE).until(() -> b.open.size() == 1);
      cancelled.cancel(false);
      await().atMost(PATIENCE).until(() -> b.open.getFirst().isCancelled());

      CompletableFuture<Reply> late = a.links.request("b", 7, SIMULATE, Duration.ofMillis(30));
      assertInstanceOf(TimeoutException.class, failure(late));
      await().atMost(PATIENCE).until(() -> b.open.size() == 2 && b.open.getLast().isCancelled());
      assertEquals(0, a.meters.get("cluster.requests_outstanding").gauge().value());
    }
  }

  @Test
  void aNodeThatStartsAgainIsLinkedAgain() {
    try (TestNode a = new TestNode("a");
        TestNode c = new TestNode("c")) {
      try (TestNode b = new TestNode("b")) {
        TestNode.link(a, b, c);
      }
      a.awaitEvent("down b");
      c.awaitEvent("down b");
      try (TestNode b = new TestNode("b", "2", s -> s.withSilenceMax(MINUTE))) {
        TestNode.link(a, b, c);
        a.awaitEvent("up b 2");
        c.awaitEvent("up b 2");
      }
    }
  }

  @Test
  void aLostConnectionIsDialedAgain() {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b")) {
      TestNode.link(a, b);
      // The acceptor drops it, and the dialer comes back by itself once it may.
      b.knows();
      a.awaitEvent("down b");
      b.knows(a);
      await().atMost(PATIENCE).until(() -> a.events.size() == 3);
      assertEquals("up b 1", a.events.getLast());
    }
  }

  @Test
  void linksFollowTheListOfMembers() {
    try (TestNode a = new TestNode("a");
        TestNode b = new TestNode("b");
        TestNode c = new TestNode("c")) {
      TestNode.link(a, b, c);
      a.knows(c);
      b.knows(c);
      a.awaitEvent("down b");
      b.awaitEvent("down a");
      assertEquals(Set.of("c"), a.links.connected());
      TestNode.link(a, b, c);
    }
  }
}
