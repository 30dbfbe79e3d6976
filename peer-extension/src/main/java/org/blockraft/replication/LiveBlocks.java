package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The newest blocks of the channel that this node leads, from their arrival until every feed has
 * had them. Bounded, since the block flow of the leader is: what drops out is read from the disk.
 * Owned by the loop.
 */
final class LiveBlocks {
  /** More than the block flow has under way at a time. */
  static final int BLOCKS_MAX = 128;

  private final NavigableMap<Long, ByteString> bodies = new TreeMap<>();
  private final NavigableMap<Long, ByteString> flags = new TreeMap<>();

  void arrived(long number, ByteString body) {
    bodies.put(number, body);
  }

  void decided(long number, ByteString decision) {
    if (bodies.containsKey(number)) {
      flags.put(number, decision);
    }
  }

  /** Null when it is not here. */
  ByteString body(long number) {
    return bodies.get(number);
  }

  /** Null when the block is not here or not decided. */
  ByteString flags(long number) {
    return flags.get(number);
  }

  /** Forgets blocks that are on the disk and that no feed needs, or that are too many. */
  void trim(long durable, long needed) {
    long first = Math.min(durable, needed);
    if (!bodies.isEmpty()) {
      first = Math.max(first, Math.min(durable, bodies.lastKey() - BLOCKS_MAX));
    }
    bodies.headMap(first, false).clear();
    flags.headMap(first, false).clear();
  }

  void clear() {
    bodies.clear();
    flags.clear();
  }
}
