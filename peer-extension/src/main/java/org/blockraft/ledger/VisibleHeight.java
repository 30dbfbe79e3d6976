package org.blockraft.ledger;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How many blocks readers may see, and the place where they wait for more. Never falls. Safe for
 * any thread.
 */
final class VisibleHeight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile long height;
  private volatile boolean closed;

  long height() {
    return height;
  }

  void raise(long to) {
    lock.lock();
    try {
      height = to;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets every waiting cursor look whether it was closed. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    closed = true;
    wake();
  }

  /** Whether the block is visible, after waiting for it at most so long, or until closed. */
  boolean await(long block, Duration wait, BooleanSupplier givenUp) throws InterruptedException {
    if (block < height) {
      return true;
    }
    long left = wait.toNanos();
    lock.lockInterruptibly();
    try {
      while (block >= height && !closed && !givenUp.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return block < height;
    } finally {
      lock.unlock();
    }
  }
}
