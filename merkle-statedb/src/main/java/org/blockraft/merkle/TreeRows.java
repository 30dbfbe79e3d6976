package org.blockraft.merkle;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of the tree's rows. All keys begin with a letter; heights stand last, so that the
 * rows of one thing stand in order of height.
 */
final class TreeRows {
  static final byte[] SAVEPOINT = {'v'};
  static final byte[] UNFINISHED = {'u'};
  static final byte PAGE = 'p';
  static final byte CHUNK = 'c';
  static final byte SHARD = 's';
  static final byte ROOT = 'r';
  static final byte STALE = 'd';
  private static final int HASH = TreeHasher.HASH_BYTES;

  private TreeRows() {}

  static byte[] page(int shard, int levels, int page, long height) {
    return part(PAGE, shard, levels, page, height);
  }

  static byte[] chunk(int shard, int levels, int chunk, long height) {
    return part(CHUNK, shard, levels, chunk, height);
  }

  private static byte[] part(byte kind, int shard, int levels, int number, long height) {
    return ByteBuffer.allocate(3 + Integer.BYTES + Long.BYTES)
        .put(kind)
        .put((byte) shard)
        .put((byte) levels)
        .putInt(number)
        .putLong(height)
        .array();
  }

  /** What all keys of a shard's chunks at some number of levels begin with. */
  static byte[] chunks(int shard, int levels) {
    return new byte[] {CHUNK, (byte) shard, (byte) levels};
  }

  static int chunkNumber(byte[] key) {
    return ByteBuffer.wrap(key).getInt(3);
  }

  static byte[] shard(int shard, long height) {
    return ByteBuffer.allocate(2 + Long.BYTES).put(SHARD).put((byte) shard).putLong(height).array();
  }

  static byte[] root(long height) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(ROOT).putLong(height).array();
  }

  /** What all keys of stale rows of a checkpoint begin with. */
  static byte[] stale(long height) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(STALE).putLong(height).array();
  }

  static byte[] stale(long height, int shard) {
    return ByteBuffer.allocate(2 + Long.BYTES).put(STALE).putLong(height).put((byte) shard).array();
  }

  /** The height with which a key ends, or that follows its letter. */
  static long height(byte[] key) {
    ByteBuffer buffer = ByteBuffer.wrap(key);
    return switch (key[0]) {
      case PAGE, CHUNK, SHARD -> buffer.getLong(key.length - Long.BYTES);
      default -> buffer.getLong(1);
    };
  }

  static byte[] height(long height) {
    return ByteBuffer.allocate(Long.BYTES).putLong(height).array();
  }

  static byte[] shardValue(int levels, long leaves, byte[] root) {
    return ByteBuffer.allocate(1 + Long.BYTES + HASH)
        .put((byte) levels)
        .putLong(leaves)
        .put(root)
        .array();
  }

  /** Roots of pages and the heights of their stored copies. */
  static byte[] chunkValue(byte[] roots, int rootsAt, long[] storedAt, int from, int to) {
    ByteBuffer out = ByteBuffer.allocate((to - from) * (HASH + Long.BYTES));
    out.put(roots, rootsAt, (to - from) * HASH);
    for (int i = from; i < to; i++) {
      out.putLong(storedAt[i]);
    }
    return out.array();
  }

  static byte[] savepoint(long height, byte[] root) {
    return ByteBuffer.allocate(Long.BYTES + HASH).putLong(height).put(root).array();
  }

  /** Keys as one value. */
  static byte[] keys(List<byte[]> keys) {
    ByteBuffer out = ByteBuffer.allocate(keys.stream().mapToInt(key -> 1 + key.length).sum());
    keys.forEach(key -> out.put((byte) key.length).put(key));
    return out.array();
  }

  static List<byte[]> keys(byte[] value) {
    List<byte[]> keys = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(value);
    while (in.hasRemaining()) {
      byte[] key = new byte[in.get()];
      in.get(key);
      keys.add(key);
    }
    return keys;
  }

  /** The first key behind all that begin with some bytes, whose last is below 255. */
  static byte[] end(byte[] prefix) {
    byte[] end = prefix.clone();
    for (int i = end.length - 1; ; i--) {
      if (++end[i] != 0) {
        return end;
      }
    }
  }
}
