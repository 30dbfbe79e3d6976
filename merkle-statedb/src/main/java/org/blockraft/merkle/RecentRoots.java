package org.blockraft.merkle;

import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The roots of the newest heights. One thread adds; any may read. */
final class RecentRoots {
  /** More than nodes of a cluster are apart. */
  private static final int MAX = 1024;

  private final ConcurrentSkipListMap<Long, byte[]> roots = new ConcurrentSkipListMap<>();

  void add(long height, byte[] root) {
    roots.put(height, root);
    if (roots.size() > MAX) {
      roots.pollFirstEntry();
    }
  }

  Optional<byte[]> get(long height) {
    return Optional.ofNullable(roots.get(height));
  }

  void clear() {
    roots.clear();
  }
}
