package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.NodeRequests;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;
import org.junit.jupiter.api.Test;

/** Whether enough nodes have a private write set, when some are dead or die. */
class ReplicatedPrivateDataTest {
  private static final Duration LEASE = Duration.ofSeconds(5);

  private long now;
  private Set<String> linked = Set.of("b", "c");
  private final Set<String> members = Set.of("a", "b", "c");

  /** When the leases of b and c end. */
  private long leasesEnd = Long.MAX_VALUE;

  @Test
  void oneOfTwoOthersIsEnough() {
    linked = Set.of("b");
    assertTrue(replicate());
    assertEquals(0, now);
  }

  @Test
  void aMajorityThatDiedAtOnceIsWaitedFor() {
    linked = Set.of();
    leasesEnd = LEASE.toNanos();
    assertTrue(replicate());
    assertTrue(now >= leasesEnd);
    assertTrue(now < leasesEnd + Duration.ofMillis(200).toNanos(), "soon after that");
  }

  @Test
  void refusesWithoutAMajority() {
    linked = Set.of();
    assertFalse(replicate());
  }

  private boolean replicate() {
    Siblings siblings = new Siblings("a", new Links(), () -> 1, this::members, new VirtualWaits());
    return new ReplicatedPrivateData(siblings, LEASE)
        .replicate("ch", "t1", TxPvtReadWriteSetWithConfigInfo.getDefaultInstance(), 7);
  }

  private Set<String> members() {
    return now < leasesEnd ? members : Set.of("a");
  }

  private final class Links implements NodeRequests {
    @Override
    public Set<String> connected() {
      return linked;
    }

    @Override
    public CompletableFuture<Reply> request(
        String node, long term, Request request, Duration timeout) {
      return CompletableFuture.completedFuture(
          Reply.newBuilder().setPayload(ByteString.EMPTY).build());
    }
  }

  /** Time passes when somebody waits. */
  private final class VirtualWaits implements Waits {
    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public boolean await(CompletableFuture<?> future, Duration atMost) {
      return future.isDone();
    }

    @Override
    public void pause(Duration duration) {
      now += duration.toNanos();
    }

    @Override
    public void start(String name, Runnable work) {
      throw new UnsupportedOperationException(name);
    }
  }
}
