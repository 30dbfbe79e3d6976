package org.blockraft.merkle;

import java.util.List;

/**
 * The tree at one height, as far as it has changed since the checkpoint before.
 *
 * @param height number of blocks that it includes
 * @param root of the tree
 * @param shards that have changed
 * @param roots of heights since the checkpoint before
 */
record Checkpoint(long height, byte[] root, List<ShardChanges> shards, List<Root> roots) {

  /** The root at one height. */
  record Root(long height, byte[] hash) {}
}
