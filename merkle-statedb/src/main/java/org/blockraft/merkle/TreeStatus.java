package org.blockraft.merkle;

/**
 * Where a tree stands.
 *
 * @param height number of blocks that it includes
 * @param root at that height
 * @param stateHeight number of blocks that the state includes, as far as the tree was told
 * @param lagNanos for how long the oldest block that it does not include has been committed
 * @param leaves of the tree
 * @param checkpoint the newest height at which it is on disk
 * @param changed leaves changed since it was opened
 * @param hashed hashes computed above pages since then
 * @param pageHits pages that were in memory when they were needed
 * @param pageMisses pages that were not
 * @param writtenBytes of rows since it was opened
 * @param cachedBytes of pages in memory
 * @param rebuilding whether it is being made anew from the state
 */
public record TreeStatus(
    long height,
    byte[] root,
    long stateHeight,
    long lagNanos,
    long leaves,
    long checkpoint,
    long changed,
    long hashed,
    long pageHits,
    long pageMisses,
    long writtenBytes,
    long cachedBytes,
    boolean rebuilding) {

  /** Blocks between state and tree. */
  public long lagBlocks() {
    return Math.max(0, stateHeight - height);
  }
}
