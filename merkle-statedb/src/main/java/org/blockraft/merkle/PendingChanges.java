package org.blockraft.merkle;

import java.util.TreeMap;

/** Changes of committed blocks that the tree does not include yet. Guarded by its owner's lock. */
final class PendingChanges {
  /** A committed block. */
  private record Block(ChangeSet changes, long committedNanos) {}

  private final TreeStore store;
  private final TreeMap<Long, Block> blocks = new TreeMap<>();

  PendingChanges(TreeStore store) {
    this.store = store;
  }

  void add(long height, ChangeSet changes, long nowNanos) {
    blocks.put(height, new Block(changes, nowNanos));
  }

  /** For how long the oldest block has waited. */
  long oldestNanos(long nowNanos) {
    return blocks.isEmpty() ? 0 : nowNanos - blocks.firstEntry().getValue().committedNanos;
  }

  /** The changes that lead to a height, from memory or from disk. */
  ChangeSet take(long height) {
    Block block = blocks.remove(height);
    return block != null
        ? block.changes
        : store
            .changes(height)
            .orElseThrow(() -> new MerkleException("no changes for height " + height));
  }

  /** Forgets all up to a height. */
  void forget(long height) {
    blocks.headMap(height, true).clear();
  }
}
