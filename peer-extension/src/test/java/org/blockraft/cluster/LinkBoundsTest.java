package org.blockraft.cluster;

import static org.awaitility.Awaitility.await;
import static org.blockraft.cluster.TestNode.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Refusal;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.StorePackage;
import org.blockraft.coordination.NodeInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LinkBoundsTest {
  private static final int FRAME_BYTES_MAX = 1 << 20;
  private static final long QUEUED_BYTES_MAX = 2 << 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestNode node = new TestNode("m", "1", LinkBoundsTest::small);

  private static LinkSettings small(LinkSettings s) {
    return new LinkSettings(
        s.cluster(),
        s.clusterId(),
        s.node(),
        s.incarnation(),
        s.productVersion(),
        s.listenAddress(),
        s.helloTimeout(),
        MINUTE,
        s.dialPauseMin(),
        s.dialPauseMax(),
        FRAME_BYTES_MAX,
        50,
        QUEUED_BYTES_MAX,
        3);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static Frame block(int bytes) {
    return Frame.newBuilder()
        .setBlock(BlockFrame.newBuilder().setStored(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  private static Request store(int bytes) {
    return Request.newBuilder()
        .setStorePackage(StorePackage.newBuilder().setPackage(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  private static LinkLost lost(CompletableFuture<Reply> reply) {
    ExecutionException failure = assertThrows(ExecutionException.class, () -> get(reply));
    return assertInstanceOf(LinkLost.class, failure.getCause());
  }

  private static Reply get(CompletableFuture<Reply> reply) throws Exception {
    return reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void largeFramesArriveAndTooLargeOnesAreNotSent() throws Exception {
    try (TestNode b = new TestNode("b", "1", LinkBoundsTest::small)) {
      TestNode.link(b, node);
      b.replies =
          request ->
              CompletableFuture.completedFuture(
                  Reply.newBuilder()
                      .setPayload(ByteString.copyFrom(new byte[FRAME_BYTES_MAX]))
                      .build());
      assertFalse(node.links.send("b", block(FRAME_BYTES_MAX)));
      assertFalse(lost(node.links.request("b", 1, store(FRAME_BYTES_MAX), MINUTE)).sent());
      assertTrue(node.links.send("b", block(FRAME_BYTES_MAX - 100)));
      await().atMost(PATIENCE).until(() -> b.frames.size() == 1);
      Refusal refusal = get(node.links.request("b", 1, store(1), MINUTE)).getRefusal();
      assertTrue(refusal.getText().startsWith("a reply of 10485"), refusal.getText());
      assertEquals(1, b.events.size());
    }
  }

  @Test
  void aTooLargeFrameEndsTheLink() throws Exception {
    node.knows(new NodeInfo("0", "127.0.0.1:1", "1"));
    try (RawLink link = RawLink.greeting(node, h -> h)) {
      node.awaitEvent("up 0");
      link.send(block(FRAME_BYTES_MAX + 1));
      node.awaitEvent("down 0");
      assertTrue(link.end().getCode() != Status.Code.OK);
    }
  }

  @Test
  void aFullQueueRefuses() {
    node.knows(new NodeInfo("0", "127.0.0.1:1", "1"));
    try (RawLink link = new RawLink(node, TestNode.PEER)) {
      // It takes the greeting and no more.
      link.take(1);
      link.send(Frame.newBuilder().setHello(RawLink.hello()).build());
      node.awaitEvent("up 0");
      int sent = 0;
      while (node.links.send("0", block(200_000))) {
        sent++;
        assertTrue(sent < 100, "the queue has no bound");
      }
      double queued = node.meters.get("cluster.queued_bytes").gauge().value();
      assertTrue(queued > 0 && queued <= QUEUED_BYTES_MAX, "queued " + queued);
      assertFalse(lost(node.links.request("0", 1, store(300_000), MINUTE)).sent());
      // Small ones still find room, and overtake the blocks.
      CompletableFuture<Reply> small = node.links.request("0", 1, store(1), MINUTE);
      assertFalse(small.isDone());
      assertEquals(1, node.events.size());
      link.take(100);
      int all = sent;
      await().atMost(PATIENCE).until(() -> link.frames.size() == all + 2);
      assertTrue(link.frames.subList(0, all + 1).stream().anyMatch(Frame::hasRequest));
    }
  }

  @Test
  void requestsUnderWayAreCounted() {
    try (TestNode b = new TestNode("b")) {
      TestNode.link(b, node);
      for (int i = 0; i < 3; i++) {
        var _ = node.links.request("b", 1, store(1), MINUTE);
      }
      LinkLost refused = lost(node.links.request("b", 1, store(1), MINUTE));
      assertEquals("node b owes 3 replies already", refused.getMessage());
      // The other way the limit is the other node's, and this one refuses in time.
      for (int i = 0; i < 3; i++) {
        var _ = b.links.request("m", 1, store(1), MINUTE);
      }
      CompletableFuture<Reply> fourth = b.links.request("m", 1, store(1), MINUTE);
      await().atMost(PATIENCE).until(fourth::isDone);
      assertEquals("more than 3 requests", fourth.join().getRefusal().getText());
    }
  }
}
