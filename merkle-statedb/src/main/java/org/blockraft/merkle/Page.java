package org.blockraft.merkle;

import java.util.Arrays;

/**
 * The leaves below one place of the tree, some dozen: entries of position and content hash in order
 * of position, in one array that nobody changes. What stands between them and the top of the page
 * is computed when it is needed.
 */
final class Page {
  private static final int ENTRY = ChangeSet.ENTRY_BYTES;
  private static final int HASH = TreeHasher.HASH_BYTES;

  /** A page without leaves. */
  static final byte[] EMPTY = new byte[0];

  private Page() {}

  /** The entries of a page after changes {@code from} to {@code to}, which belong to it. */
  static byte[] merge(byte[] page, byte[] changes, int from, int to) {
    byte[] out = new byte[page.length + to - from];
    int a = 0;
    int b = from;
    int at = 0;
    while (a < page.length || b < to) {
      int order = a == page.length ? 1 : b == to ? -1 : EntryOrder.compare(page, a, changes, b);
      if (order < 0) {
        System.arraycopy(page, a, out, at, ENTRY);
        at += ENTRY;
      } else if (!TreeHasher.isEmpty(changes, b + HASH)) {
        System.arraycopy(changes, b, out, at, ENTRY);
        at += ENTRY;
      }
      a += order <= 0 ? ENTRY : 0;
      b += order >= 0 ? ENTRY : 0;
    }
    return at == out.length ? out : Arrays.copyOf(out, at);
  }

  /** Where the entries with a set bit begin; those before have equal bits up to it. */
  static int split(byte[] page, int from, int to, int bit) {
    int low = from / ENTRY;
    int high = to / ENTRY;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (EntryOrder.bit(page, middle * ENTRY, bit)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low * ENTRY;
  }

  /** The hash at the top of some entries; zeros if there are none. */
  static void root(byte[] page, int from, int to, TreeHasher hasher, byte[] into, int at) {
    if (from == to) {
      Arrays.fill(into, at, at + HASH, (byte) 0);
    } else {
      root(page, from, to, 0, hasher, into, at);
    }
  }

  /**
   * The hash at the top of at least one entry.
   *
   * @param level of the node below the page's top; as deep as there are bits, at most
   */
  private static void root(
      byte[] page, int from, int to, int level, TreeHasher hasher, byte[] into, int at) {
    if (to - from == ENTRY) {
      hasher.leaf(page, from, into, at);
      return;
    }
    int bit = EntryOrder.firstDifference(page, from, page, to - ENTRY);
    int middle = to - from == 2 * ENTRY ? from + ENTRY : split(page, from, to, bit);
    byte[] children = hasher.children();
    int left = level * 2 * HASH;
    root(page, from, middle, level + 1, hasher, children, left);
    root(page, middle, to, level + 1, hasher, children, left + HASH);
    hasher.node(bit, children, left, children, left + HASH, into, at);
  }

  /** The hash at the top of a whole page. */
  static void root(byte[] page, TreeHasher hasher, byte[] into, int at) {
    root(page, 0, page.length, hasher, into, at);
  }

  /** Goes down to the leaf at a position, or to the one that stands where it would be. */
  static void prove(byte[] page, byte[] position, TreeHasher hasher, LeafProof.Builder proof) {
    int from = 0;
    int to = page.length;
    byte[] sibling = new byte[HASH];
    while (to - from > ENTRY) {
      int bit = EntryOrder.firstDifference(page, from, page, to - ENTRY);
      int middle = split(page, from, to, bit);
      if (EntryOrder.bit(position, 0, bit)) {
        root(page, from, middle, hasher, sibling, 0);
        from = middle;
      } else {
        root(page, middle, to, hasher, sibling, 0);
        to = middle;
      }
      proof.add(bit, sibling, 0);
    }
    if (from < to) {
      proof.leaf(page, from);
    }
  }
}
