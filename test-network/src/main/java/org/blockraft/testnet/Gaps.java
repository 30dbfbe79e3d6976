package org.blockraft.testnet;

import java.time.Duration;

/** How long something that should happen all the time did not happen. Safe for many threads. */
final class Gaps {
  private long count;
  private long last = System.nanoTime();
  private long longest;

  /** It happened. */
  synchronized void happened() {
    long now = System.nanoTime();
    longest = Math.max(longest, now - last);
    last = now;
    count++;
  }

  /** Forgets all gaps but the one that is going on. */
  synchronized void forget() {
    longest = 0;
  }

  /** Counts from now, as if it had just happened. */
  synchronized void restart() {
    longest = 0;
    last = System.nanoTime();
  }

  /** The longest since the last {@link #forget}, the one that is going on among them. */
  synchronized Duration longest() {
    return Duration.ofNanos(Math.max(longest, System.nanoTime() - last));
  }

  synchronized long count() {
    return count;
  }
}
