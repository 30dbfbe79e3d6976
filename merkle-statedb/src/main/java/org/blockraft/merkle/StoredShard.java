package org.blockraft.merkle;

/**
 * A shard as its rows say at one height, but for the leaves.
 *
 * @param height at which it last changed
 * @param levels between the shard's top and its pages
 * @param leaves in all
 * @param root of the shard
 * @param pageRoots the hashes at the tops of all pages
 * @param pagesStoredAt under which height each page is stored; 0 where a page is empty
 * @param chunksStoredAt the same of chunks of page roots
 */
record StoredShard(
    long height,
    int levels,
    long leaves,
    byte[] root,
    byte[] pageRoots,
    long[] pagesStoredAt,
    long[] chunksStoredAt) {}
