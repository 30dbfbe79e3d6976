package org.blockraft.peer;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.cluster.wire.Simulate;
import org.blockraft.worker.LocalWorker;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.junit.jupiter.api.Test;

final class SiblingRequestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch simulated = new CountDownLatch(1);

  /** Only proposals are asked for here. */
  private SiblingRequests requests() {
    LocalWorker worker =
        new LocalWorker(
            "node1",
            _ -> {
              awaitSimulated();
              return ProposalResponse.getDefaultInstance();
            },
            _ -> 1L,
            () -> true);
    return new SiblingRequests(
        worker, null, _ -> Optional.empty(), _ -> Optional.empty(), null, null, _ -> {}, _ -> {});
  }

  private void awaitSimulated() {
    try {
      simulated.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRequestThatIsCancelledIsUnderWayUntilItEnds() {
    try (SiblingRequests requests = requests()) {
      Request request = Request.newBuilder().setSimulate(Simulate.getDefaultInstance()).build();
      CompletableFuture<Reply> reply = requests.serve(request);
      // As when the link with the one who asks is lost.
      reply.cancel(false);
      assertEquals(1, requests.underWay());
      simulated.countDown();
      await().atMost(PATIENCE).until(() -> requests.underWay() == 0);
    }
  }
}
