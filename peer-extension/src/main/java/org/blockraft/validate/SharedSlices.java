package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.VerifiedBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One block's slices, shared out between this node's threads and other nodes. Whoever is free takes
 * the next slice, so that fast ones do more. When only slices of other nodes are left and those
 * take too long, this node does them too; the first verdict counts. One instance per block.
 *
 * <p>Invariant: the verdicts do not depend on who made them.
 */
final class SharedSlices {
  private static final Logger LOG = LoggerFactory.getLogger(SharedSlices.class);

  /** How long a block waits for another node when nothing else is left to do. */
  private static final long PATIENCE_MILLIS = 30;

  private final String channelId;
  private final VerifiedBlock block;
  private final ChannelConfig config;
  private final List<ByteString> envelopes;
  private final int[] bounds;
  private final ValidationSlice[] parsed;
  private final SliceVerdict[] verdicts;
  private final CountDownLatch missing;
  private final Deque<Integer> free = new ArrayDeque<>();
  private Throwable failure;

  /**
   * @param count number of slices
   */
  SharedSlices(String channelId, VerifiedBlock block, ChannelConfig config, int count) {
    this.channelId = channelId;
    this.block = block;
    this.config = config;
    this.envelopes = block.block().getData().getDataList();
    this.bounds = new int[count + 1];
    this.parsed = new ValidationSlice[count];
    this.verdicts = new SliceVerdict[count];
    this.missing = new CountDownLatch(count);
    for (int s = 0; s < count; s++) {
      bounds[s + 1] = (int) ((long) envelopes.size() * (s + 1) / count);
      free.add(s);
    }
  }

  private synchronized int take() {
    Integer next = free.pollFirst();
    return next == null ? -1 : next;
  }

  private synchronized void giveBack(int slice) {
    if (verdicts[slice] == null) {
      free.addFirst(slice);
    }
  }

  private void done(int slice, SliceVerdict verdict) {
    synchronized (this) {
      if (verdicts[slice] != null) {
        return;
      }
      verdicts[slice] = verdict;
    }
    missing.countDown();
  }

  private synchronized void fail(Throwable cause) {
    failure = cause;
    while (missing.getCount() > 0) {
      missing.countDown();
    }
  }

  /** Takes slices until there are none; run by each of this node's threads. */
  void workHere() {
    try {
      for (int slice = take(); slice >= 0; slice = take()) {
        verifyHere(slice);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void verifyHere(int slice) {
    ValidationSlice part = parse(slice);
    synchronized (this) {
      parsed[slice] = part;
      if (verdicts[slice] != null) {
        return;
      }
    }
    done(slice, SliceVerifier.verify(part, config));
  }

  private ValidationSlice parse(int slice) {
    return ValidationSlice.of(
        channelId,
        block.number(),
        bounds[slice],
        envelopes.subList(bounds[slice], bounds[slice + 1]));
  }

  /** Keeps another node busy as long as there are slices. */
  void workThere(SliceHelper helper) {
    for (int i = 0; i < helper.capacity(); i++) {
      giveTo(helper);
    }
  }

  private void giveTo(SliceHelper helper) {
    int slice = take();
    if (slice < 0) {
      return;
    }
    var _ =
        helper
            .verify(
                channelId,
                block.number(),
                bounds[slice],
                bounds[slice + 1] - bounds[slice],
                config.sequence())
            .whenComplete(
                (verdict, gone) -> {
                  if (gone == null && fits(slice, verdict)) {
                    done(slice, verdict);
                    giveTo(helper);
                  } else {
                    LOG.debug("{} does not verify block {}", helper.name(), block.number(), gone);
                    giveBack(slice);
                  }
                });
  }

  private boolean fits(int slice, SliceVerdict verdict) {
    int size = bounds[slice + 1] - bounds[slice];
    return verdict.first() == bounds[slice]
        && verdict.codes().length == size
        && verdict.signers().length == size;
  }

  /**
   * Waits for all verdicts and puts them together.
   *
   * @param threads where this node's share is done
   */
  BlockVerdict await(Executor threads, long timeoutNanos) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    while (!missing.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      if (System.nanoTime() > deadline) {
        throw new ValidationException("slice verification does not end", null);
      }
      takeBackAll();
      threads.execute(this::workHere);
    }
    synchronized (this) {
      if (failure != null) {
        throw new ValidationException("slice verification failed", failure);
      }
    }
    BlockVerdict.Builder merged = new BlockVerdict.Builder(block, config);
    for (int slice = 0; slice < verdicts.length; slice++) {
      ValidationSlice part = parsed[slice] == null ? parse(slice) : parsed[slice];
      merged.add(part, verdicts[slice]);
    }
    return merged.build();
  }

  /** What nobody has finished is free again; it may be done twice. */
  private synchronized void takeBackAll() {
    if (free.isEmpty()) {
      for (int slice = 0; slice < verdicts.length; slice++) {
        if (verdicts[slice] == null) {
          free.add(slice);
        }
      }
    }
  }
}
