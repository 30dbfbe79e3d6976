package org.blockraft.merkle;

import java.util.List;

/**
 * What a shard has to write at a checkpoint.
 *
 * @param shard its number
 * @param rows to be written
 * @param stale keys of rows that these replace, which older checkpoints may still need
 */
record ShardChanges(int shard, List<Row> rows, List<byte[]> stale) {

  /** Pages whose roots and heights stand in one row. */
  static final int CHUNK_PAGES = 64;

  /** Rows of page roots that so many pages have. */
  static int chunksOf(int pages) {
    return 1 + (pages - 1) / CHUNK_PAGES;
  }

  /** A row. */
  record Row(byte[] key, byte[] value) {}
}
