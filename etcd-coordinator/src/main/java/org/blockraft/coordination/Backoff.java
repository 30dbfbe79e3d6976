package org.blockraft.coordination;

import java.time.Duration;

/** Doubling pauses between tries, from short to bounded. Owned by the loop. */
final class Backoff {

  /** A reply that was lost, a member of etcd that just died: the next try often succeeds. */
  private static final Duration MIN = Duration.ofMillis(20);

  /** Well below a lease, so that etcd's return is noticed in time. */
  private static final Duration MAX = Duration.ofMillis(320);

  private Duration next = MIN;

  Duration next() {
    Duration now = next;
    Duration doubled = now.multipliedBy(2);
    next = doubled.compareTo(MAX) > 0 ? MAX : doubled;
    return now;
  }

  void reset() {
    next = MIN;
  }
}
