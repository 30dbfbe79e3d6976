package org.blockraft.validate;

import com.google.protobuf.ByteString;
import java.time.Duration;
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
 * the next slice, so that fast ones do more; a node with enough others leaves all to them. When
 * those take too long, this node does what is left; the first verdict counts. One instance per
 * block.
 *
 * <p>Invariant: the verdicts do not depend on who made them.
 */
final class SharedSlices {
  private static final Logger LOG = LoggerFactory.getLogger(SharedSlices.class);

  /** How long a block waits for a verdict of another node before this one lends a hand. */
  private static final long PATIENCE_MILLIS = 120;

  private final String channelId;
  private final VerifiedBlock block;
  private final ChannelConfig config;
  private final List<ByteString> envelopes;
  private final int[] bounds;
  private final ValidationSlice[] parsed;
  private final SliceVerdict[] verdicts;
  private final CountDownLatch missing;
  private final Deque<Integer> free = new ArrayDeque<>();

  /** Slices that other nodes have. */
  private final boolean[] away;

  private final Executor threads;
  private Throwable failure;

  /**
   * @param count number of slices
   * @param threads where this node's share is done
   */
  SharedSlices(
      String channelId, VerifiedBlock block, ChannelConfig config, int count, Executor threads) {
    this.threads = threads;
    this.away = new boolean[count];
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

  private synchronized int take(boolean forAnother) {
    Integer next = free.pollFirst();
    if (next == null) {
      return -1;
    }
    away[next] = forAnother;
    return next;
  }

  /** Another node cannot do it. */
  private void giveBack(int slice) {
    synchronized (this) {
      if (verdicts[slice] != null || !away[slice]) {
        return;
      }
      away[slice] = false;
      free.addFirst(slice);
    }
    threads.execute(this::workHereOnce);
  }

  /** Parses what is not parsed; while other nodes verify. */
  void parseAll() {
    for (int slice = 0; slice < parsed.length; slice++) {
      ValidationSlice part = parse(slice);
      synchronized (this) {
        parsed[slice] = part;
      }
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
    while (workHereOnce()) {
      // there may be more
    }
  }

  /** Takes one slice, if there is any; whether it is done. */
  private boolean workHereOnce() {
    try {
      int slice = take(false);
      if (slice >= 0) {
        verifyHere(slice);
      }
      return slice >= 0;
    } catch (RuntimeException | Error e) {
      fail(e);
      return false;
    }
  }

  private void verifyHere(int slice) {
    ValidationSlice part;
    synchronized (this) {
      if (verdicts[slice] != null) {
        return;
      }
      part = parsed[slice];
    }
    if (part == null) {
      part = parse(slice);
      synchronized (this) {
        parsed[slice] = part;
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
    int slice = take(true);
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

  boolean isReadyWithin(Duration patience) throws InterruptedException {
    return missing.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for all verdicts and puts them together. */
  BlockVerdict await(long timeoutNanos) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    long before = missing.getCount();
    while (!missing.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      if (System.nanoTime() > deadline) {
        throw new ValidationException("slice verification does not end", null);
      }
      long now = missing.getCount();
      if (now < before) {
        threads.execute(this::workHereOnce);
      } else if (takeBackAll()) {
        threads.execute(this::workHere);
      }
      before = now;
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

  /** What other nodes have not finished is free again, and may be done twice; whether any is. */
  private synchronized boolean takeBackAll() {
    for (int slice = 0; slice < verdicts.length; slice++) {
      if (away[slice] && verdicts[slice] == null) {
        away[slice] = false;
        free.add(slice);
      }
    }
    return !free.isEmpty();
  }
}
