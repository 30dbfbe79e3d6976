package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private record Part(ValidationSlice slice, SliceVerdict verdict) {}

  /**
   * Parses and verifies all transactions of a block and merges what the slices found.
   *
   * @throws ValidationException if it could not be carried out
   */
  BlockVerdict verify(String channelId, VerifiedBlock block, ChannelConfig config) {
    List<ByteString> envelopes = block.block().getData().getDataList();
    int size = envelopes.size();
    int slices = Math.clamp(size / SLICE_TRANSACTIONS_MIN, 1, threads * SLICES_PER_THREAD);
    List<Future<Part>> pending = new ArrayList<>(slices);
    for (int s = 0; s < slices; s++) {
      int from = (int) ((long) size * s / slices);
      int to = (int) ((long) size * (s + 1) / slices);
      pending.add(
          executor.submit(
              () -> {
                ValidationSlice slice =
                    ValidationSlice.of(
                        channelId, block.number(), from, envelopes.subList(from, to));
                return new Part(slice, SliceVerifier.verify(slice, config));
              }));
    }
    BlockVerdict.Builder merged = new BlockVerdict.Builder(block, config);
    for (Future<Part> part : pending) {
      Part done = await(part);
      merged.add(done.slice(), done.verdict());
    }
    return merged.build();
  }

  private static <T> T await(Future<T> pending) {
    try {
      return pending.get(BLOCK_TIMEOUT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw new ValidationException("slice verification failed", e.getCause());
    } catch (TimeoutException e) {
      throw new ValidationException("slice verification does not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ValidationException("slice verification was interrupted", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
