package org.blockraft.identity;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One batch of signature checks, worked off in pieces by the calling thread and by helpers on an
 * executor. The caller alone would finish it, so a busy or closed executor costs time only.
 */
final class SignatureBatch {
  /** Checks in a piece: about half a millisecond of work, so that the last pieces end together. */
  private static final int CHECKS_PER_PIECE = 8;

  /** A piece takes under a millisecond; a helper gone for this long is a bug. */
  private static final long HELPER_WAIT_SECONDS = 120;

  private final Signatures signatures;
  private final List<SignatureCheck> checks;
  private final boolean[] verdicts;
  private final int pieces;
  private final AtomicInteger nextPiece = new AtomicInteger();
  private final CountDownLatch openPieces;
  private final AtomicReference<RuntimeException> fault = new AtomicReference<>();

  SignatureBatch(Signatures signatures, List<SignatureCheck> checks) {
    this.signatures = signatures;
    this.checks = checks;
    this.verdicts = new boolean[checks.size()];
    this.pieces = (checks.size() + CHECKS_PER_PIECE - 1) / CHECKS_PER_PIECE;
    this.openPieces = new CountDownLatch(pieces);
  }

  BitSet run(Executor executor) {
    int helpers = Math.min(pieces - 1, Runtime.getRuntime().availableProcessors());
    try {
      for (int i = 0; i < helpers; i++) {
        executor.execute(this::work);
      }
    } catch (RejectedExecutionException e) {
      // Then the calling thread does it.
    }
    work();
    await();
    if (fault.get() != null) {
      throw fault.get();
    }
    BitSet holds = new BitSet(verdicts.length);
    for (int i = 0; i < verdicts.length; i++) {
      holds.set(i, verdicts[i]);
    }
    return holds;
  }

  private void work() {
    for (int piece = nextPiece.getAndIncrement();
        piece < pieces;
        piece = nextPiece.getAndIncrement()) {
      try {
        int from = piece * CHECKS_PER_PIECE;
        int to = Math.min(from + CHECKS_PER_PIECE, verdicts.length);
        for (int i = from; i < to; i++) {
          verdicts[i] = signatures.holds(checks.get(i));
        }
      } catch (RuntimeException e) {
        fault.compareAndSet(null, e);
      } finally {
        openPieces.countDown();
      }
    }
  }

  private void await() {
    try {
      if (!openPieces.await(HELPER_WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("signature checks did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signatures were checked", e);
    }
  }
}
