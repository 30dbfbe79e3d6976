package org.blockraft.merkle;

/**
 * What one tree may use.
 *
 * @param threads that update shards at a time
 * @param cacheBytes of pages in memory; the hashes above them come on top, about eight bytes for
 *     each leaf
 * @param checkpointBlocks blocks between two heights at which the tree is written; recovery goes
 *     over at most twice as many
 * @param checkpointsKept stored heights of which proofs can be had, besides the newest
 * @param rootsKept heights of which the root is kept
 * @param lagBlocksMax blocks that the tree may be behind the state before commits wait
 */
public record TreeSettings(
    int threads,
    long cacheBytes,
    int checkpointBlocks,
    int checkpointsKept,
    int rootsKept,
    int lagBlocksMax) {

  private static final long MIB = 1 << 20;

  /**
   * A thousand blocks are some tens of seconds of a busy channel, and as much work after a crash as
   * the commit of a few. 64 MiB hold the pages of a million keys.
   */
  public static final TreeSettings DEFAULTS =
      new TreeSettings(
          Math.max(1, Runtime.getRuntime().availableProcessors()), 64 * MIB, 1000, 2, 100_000, 256);

  /** Checks each. */
  public TreeSettings {
    if (threads <= 0
        || cacheBytes < MIB
        || checkpointBlocks <= 0
        || checkpointsKept < 0
        || rootsKept < 0
        || lagBlocksMax <= 0) {
      throw new IllegalArgumentException("limits of a tree must be positive");
    }
  }

  /** The first height after a height at which the tree is written. */
  long checkpointAfter(long height) {
    return (height / checkpointBlocks + 1) * checkpointBlocks;
  }
}
