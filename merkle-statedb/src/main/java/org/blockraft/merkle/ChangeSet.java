package org.blockraft.merkle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateUpdates;

/**
 * What becomes of leaves: entries of position and content hash, in order of position, each position
 * once. A content hash of zeros means that the leaf goes. The bytes are also what the store keeps
 * of a block until the tree that includes it is on disk. Immutable.
 */
public final class ChangeSet {
  /** Bytes of a position and a content hash. */
  static final int ENTRY_BYTES = 2 * TreeHasher.HASH_BYTES;

  /** No changes. */
  public static final ChangeSet EMPTY = new ChangeSet(new byte[0]);

  private final byte[] entries;

  private ChangeSet(byte[] entries) {
    this.entries = entries;
  }

  /**
   * The changes that a block's updates of the state mean, without those of private data: the
   * hashes, which every peer has, stand for them.
   */
  public static ChangeSet of(StateUpdates updates, TreeHasher hasher) {
    byte[] entries = new byte[updates.size() * ENTRY_BYTES];
    int at = 0;
    for (Map.Entry<String, NavigableMap<byte[], StateUpdates.Update>> namespace :
        updates.byNamespace().entrySet()) {
      if (!isInTree(namespace.getKey())) {
        continue;
      }
      byte[] name = namespace.getKey().getBytes(StandardCharsets.UTF_8);
      for (Map.Entry<byte[], StateUpdates.Update> change : namespace.getValue().entrySet()) {
        hasher.position(name, change.getKey(), entries, at);
        if (!change.getValue().isDelete()) {
          hasher.content(change.getValue().value(), entries, at + TreeHasher.HASH_BYTES);
        }
        at += ENTRY_BYTES;
      }
    }
    return sorted(Arrays.copyOf(entries, at));
  }

  /** Whether the keys of a namespace have leaves. */
  public static boolean isInTree(String namespace) {
    return !Namespaces.isPvt(namespace);
  }

  /**
   * Brings entries in order.
   *
   * @param entries with each position once; kept
   */
  static ChangeSet sorted(byte[] entries) {
    return new ChangeSet(EntryOrder.sort(entries));
  }

  /**
   * Reads what {@link #bytes} gave.
   *
   * @throws MerkleException if these are not such bytes
   */
  static ChangeSet parse(byte[] bytes) {
    if (bytes.length % ENTRY_BYTES != 0) {
      throw new MerkleException("corrupt changes: " + bytes.length + " bytes");
    }
    for (int at = ENTRY_BYTES; at < bytes.length; at += ENTRY_BYTES) {
      if (EntryOrder.compare(bytes, at - ENTRY_BYTES, bytes, at) >= 0) {
        throw new MerkleException("corrupt changes: not in order");
      }
    }
    return new ChangeSet(bytes);
  }

  /** Both changes, as if {@code later} were made after this one. */
  ChangeSet then(ChangeSet later) {
    if (isEmpty() || later.isEmpty()) {
      return isEmpty() ? later : this;
    }
    byte[] out = new byte[entries.length + later.entries.length];
    int a = 0;
    int b = 0;
    int at = 0;
    while (a < entries.length || b < later.entries.length) {
      int order =
          a == entries.length
              ? 1
              : b == later.entries.length ? -1 : EntryOrder.compare(entries, a, later.entries, b);
      if (order < 0) {
        System.arraycopy(entries, a, out, at, ENTRY_BYTES);
      } else {
        System.arraycopy(later.entries, b, out, at, ENTRY_BYTES);
      }
      a += order <= 0 ? ENTRY_BYTES : 0;
      b += order >= 0 ? ENTRY_BYTES : 0;
      at += ENTRY_BYTES;
    }
    return new ChangeSet(at == out.length ? out : Arrays.copyOf(out, at));
  }

  /** Number of changed leaves. */
  public int size() {
    return entries.length / ENTRY_BYTES;
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return entries.length == 0;
  }

  /** All entries, shared. */
  public byte[] bytes() {
    return entries;
  }

  /** Where the entries from a first byte of the position on begin. */
  int firstAt(int firstByte) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if ((entries[middle * ENTRY_BYTES] & 0xFF) < firstByte) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low * ENTRY_BYTES;
  }
}
