package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.TreeMap;
import org.blockraft.ledger.DurableTip;

/** The commit hashes of the newest heights of this node, to compare with others'. Loop-owned. */
final class CommitHashes {
  /** As many blocks as nodes may be apart and still compare; further ones compare later. */
  private static final int HEIGHTS_MAX = 128;

  private final TreeMap<Long, ByteString> hashes = new TreeMap<>();

  void add(DurableTip tip) {
    if (tip.commitHash().length > 0) {
      hashes.put(tip.height(), ByteString.copyFrom(tip.commitHash()));
      while (hashes.size() > HEIGHTS_MAX) {
        hashes.pollFirstEntry();
      }
    }
  }

  /** Empty when it is not known. */
  ByteString at(long height) {
    return hashes.getOrDefault(height, ByteString.EMPTY);
  }

  /** Whether both are known and differ. */
  boolean contradicts(long height, ByteString other) {
    ByteString own = at(height);
    return !own.isEmpty() && !other.isEmpty() && !own.equals(other);
  }
}
