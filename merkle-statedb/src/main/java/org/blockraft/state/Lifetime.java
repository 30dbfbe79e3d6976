package org.blockraft.state;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Guards a native object: uses are counted, and the object is freed once it is closed and the last
 * use has ended, never under a user. Wait-free for users.
 */
final class Lifetime {

  private static final long CLOSED = 1L << 62;

  /** CLOSED flag and number of uses. */
  private final AtomicLong uses = new AtomicLong();

  private final CountDownLatch freed = new CountDownLatch(1);
  private final String what;
  private final Runnable free;

  Lifetime(String what, Runnable free) {
    this.what = what;
    this.free = free;
  }

  /** Begins a use; refused after {@link #close()}. */
  void acquire() {
    while (true) {
      long before = uses.get();
      if ((before & CLOSED) != 0) {
        throw new StateException(what + " is closed");
      }
      if (uses.compareAndSet(before, before + 1)) {
        return;
      }
    }
  }

  /** Ends a use. */
  void release() {
    if (uses.decrementAndGet() == CLOSED) {
      end();
    }
  }

  /** Refuses new uses; the object is freed here or by the last user. May be called again. */
  void close() {
    while (true) {
      long before = uses.get();
      if ((before & CLOSED) != 0) {
        return;
      }
      if (uses.compareAndSet(before, before | CLOSED)) {
        if (before == 0) {
          end();
        }
        return;
      }
    }
  }

  /** Waits until the object is freed; false if that takes longer. */
  boolean awaitFreed(long timeout, TimeUnit unit) {
    try {
      return freed.await(timeout, unit);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void end() {
    try {
      free.run();
    } finally {
      freed.countDown();
    }
  }
}
