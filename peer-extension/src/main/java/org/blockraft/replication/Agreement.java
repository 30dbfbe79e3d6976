package org.blockraft.replication;

import java.util.Collection;

/** How many blocks enough nodes have. Pure. */
final class Agreement {
  private Agreement() {}

  /** The number of nodes that make a majority of so many. */
  static int majority(int nodes) {
    return nodes / 2 + 1;
  }

  /** The greatest height that a majority of the nodes has reached; zero when there are none. */
  static long height(Collection<Long> heights) {
    if (heights.isEmpty()) {
      return 0;
    }
    long[] sorted = heights.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[sorted.length - majority(sorted.length)];
  }
}
