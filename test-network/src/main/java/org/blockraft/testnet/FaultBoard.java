package org.blockraft.testnet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which nodes are struck by a fault, and which were when: a client may see a failure of a node that
 * was struck while it waited, and of no other. Times are of one monotonic clock, in nanoseconds.
 * Safe for many threads.
 */
final class FaultBoard {
  /** Requests and the order to stop may cross on their way. */
  private static final Duration CROSSING = Duration.ofMillis(500);

  private record Interval(long from, long to, boolean orderly) {
    boolean excuses(long began, long failed) {
      return began <= to && (orderly ? began : failed) >= from;
    }
  }

  private final Map<PeerPlace, List<Interval>> past = new HashMap<>();
  private final Map<PeerPlace, Long> struck = new HashMap<>();

  /** Nodes that stop in good order: what they have taken they answer. */
  private final Set<PeerPlace> orderly = new HashSet<>();

  /** Something befalls nodes. */
  synchronized void begin(Collection<PeerPlace> places, long now) {
    places.forEach(place -> struck.put(place, now));
  }

  /** A node stops in good order: only what reaches it later may fail. */
  synchronized void beginOrderly(PeerPlace place, long now) {
    struck.put(place, now);
    orderly.add(place);
  }

  /** All is well again with nodes, since {@code now}. */
  synchronized void end(Collection<PeerPlace> places, long now) {
    for (PeerPlace place : places) {
      Long from = struck.remove(place);
      if (from != null) {
        boolean inOrder = orderly.remove(place);
        past.computeIfAbsent(place, p -> new ArrayList<>()).add(interval(from, now, inOrder));
      }
    }
  }

  private static Interval interval(long from, long to, boolean inOrder) {
    return new Interval(inOrder ? from - CROSSING.toNanos() : from, to, inOrder);
  }

  synchronized boolean isStruck(PeerPlace place) {
    return struck.containsKey(place);
  }

  /** Whether a request that began and failed at these times may have failed. */
  synchronized boolean excuses(PeerPlace place, long began, long failed) {
    Long from = struck.get(place);
    if (from != null
        && interval(from, Long.MAX_VALUE, orderly.contains(place)).excuses(began, failed)) {
      return true;
    }
    return past.getOrDefault(place, List.of()).stream().anyMatch(i -> i.excuses(began, failed));
  }
}
