package org.blockraft.validate;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.VerifiedBlock;

/**
 * The processor-bound threads that verify slices, shared by all channels of a node. Safe for use by
 * many threads; each waits for its own block.
 */
public final class SlicePool implements AutoCloseable {

  /** Below this many transactions a slice costs more in hand-over than it gains. */
  private static final int SLICE_TRANSACTIONS_MIN = 8;

  /** Slices per thread, so that a slow one does not leave the other threads idle. */
  private static final int SLICES_PER_THREAD = 2;

  /** So many other nodes do all of a block: this one has the orderer, the others and clients. */
  private static final int HELPERS_ENOUGH = 2;

  /** A block of the largest size takes seconds; this only tells a stuck thread from a slow one. */
  private static final long BLOCK_TIMEOUT_MINUTES = 10;

  private final int threads;
  private final ExecutorService executor;

  /** Starts the threads. */
  public SlicePool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a slice pool needs a thread");
    }
    this.threads = threads;
    this.executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("validate-", 0).daemon().factory());
  }

  /**
   * Begins to parse and verify all transactions of a block.
   *
   * @param helpers other nodes that take a share
   */
  PendingVerdict begin(
      String channelId, VerifiedBlock block, ChannelConfig config, List<SliceHelper> helpers) {
    int size = block.block().getData().getDataCount();
    int hands = threads + helpers.stream().mapToInt(SliceHelper::capacity).sum();
    int slices = Math.clamp(size / SLICE_TRANSACTIONS_MIN, 1, hands * SLICES_PER_THREAD);
    SharedSlices shared = new SharedSlices(channelId, block, config, slices, executor);
    if (slices > 1) {
      helpers.forEach(shared::workThere);
    }
    if (slices > 1 && helpers.size() >= HELPERS_ENOUGH) {
      shared.parseAll();
    } else {
      for (int i = 0; i < Math.min(slices, threads); i++) {
        executor.execute(shared::workHere);
      }
    }
    return new PendingVerdict(shared, TimeUnit.MINUTES.toNanos(BLOCK_TIMEOUT_MINUTES));
  }

  /** Verifies one slice for another node, on this pool. */
  public CompletableFuture<SliceVerdict> verify(ValidationSlice slice, ChannelConfig config) {
    return CompletableFuture.supplyAsync(() -> SliceVerifier.verify(slice, config), executor);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
