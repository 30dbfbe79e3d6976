package org.blockraft.testnet;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives clients their turns, so many a second all together, with halts between. Who is late does
 * not catch up. Safe for many threads.
 */
final class ChaosPace {
  private static final Duration REST_TIMEOUT = Duration.ofMinutes(4);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicLong turn = new AtomicLong(System.nanoTime());
  private final long started = System.nanoTime();
  private final long intervalNanos;
  private int working;
  private boolean halted;
  private boolean ended;

  ChaosPace(double perSecond) {
    this.intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
  }

  /** A client enters, and works from here to its next turn. */
  void enter() {
    lock.lock();
    try {
      working++;
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      working--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next turn; false at the end. */
  boolean next() {
    leave();
    try {
      long mine = turn.updateAndGet(t -> Math.max(t + intervalNanos, System.nanoTime()));
      awaitTime(mine);
      lock.lock();
      try {
        while (halted && !ended) {
          changed.awaitUninterruptibly();
        }
        working++;
        return !ended;
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException e) {
      enter();
      throw e;
    }
  }

  private static void awaitTime(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      java.util.concurrent.locks.LockSupport.parkNanos(left);
    }
  }

  /** Gives no more turns until told to go on; returns whether all clients had their answers. */
  boolean halt() {
    return change(true, ended);
  }

  void goOn() {
    lock.lock();
    try {
      halted = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Gives no more turns; returns whether all clients had their answers. */
  boolean end() {
    return change(false, true);
  }

  private boolean change(boolean newHalted, boolean newEnded) {
    lock.lock();
    try {
      halted = newHalted;
      ended = newEnded;
      changed.signalAll();
      long left = REST_TIMEOUT.toNanos();
      while (working > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return working == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** The time since the start, for people. */
  String time() {
    return time(Duration.ofNanos(System.nanoTime() - started));
  }

  static String time(Duration since) {
    return "%02d:%02d.%03d"
        .formatted(since.toMinutes(), since.toSecondsPart(), since.toMillisPart());
  }
}
