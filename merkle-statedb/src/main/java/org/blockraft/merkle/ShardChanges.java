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

  /** A row. */
  record Row(byte[] key, byte[] value) {}
}
