package org.blockraft.merkle;

import java.util.Arrays;

/**
 * A complete binary tree of hashes in an array: what stands above shards, and above the pages of a
 * shard. Node 1 is the top, the children of node i are 2i and 2i+1, the lowest level stands last;
 * an empty node is all zeros. Used by one thread at a time.
 */
final class HashTree {
  private static final int HASH = TreeHasher.HASH_BYTES;

  private final int topDepth;
  private final int levels;
  private final byte[] hashes;

  /**
   * @param topDepth bits of a position that lead to the top
   * @param levels below the top
   */
  HashTree(int topDepth, int levels) {
    this.topDepth = topDepth;
    this.levels = levels;
    this.hashes = new byte[(2 * HASH) << levels];
  }

  /** The same with a level more, which is empty until it is set. */
  HashTree deeper() {
    HashTree deeper = new HashTree(topDepth, levels + 1);
    System.arraycopy(hashes, 0, deeper.hashes, 0, hashes.length);
    return deeper;
  }

  /** Number of nodes in the lowest level. */
  int width() {
    return 1 << levels;
  }

  /** All hashes, shared; see {@link #at}. */
  byte[] hashes() {
    return hashes;
  }

  /** Where the hash of a node of the lowest level is; it is set by whoever knows it. */
  int at(int lowest) {
    return (width() + lowest) * HASH;
  }

  /** The hash at the top. */
  byte[] root() {
    return Arrays.copyOfRange(hashes, HASH, 2 * HASH);
  }

  /** Computes everything above the lowest level. */
  void rehash(TreeHasher hasher) {
    for (int node = width() - 1; node > 0; node--) {
      combine(node, hasher);
    }
  }

  /**
   * Computes what stands above some nodes of the lowest level.
   *
   * @param lowest in order; the first {@code count} count
   * @return number of hashes computed
   */
  long rehash(int[] lowest, int count, TreeHasher hasher) {
    int[] above = Arrays.copyOf(lowest, count);
    for (int i = 0; i < count; i++) {
      above[i] += width();
    }
    long computed = 0;
    int nodes = count;
    for (int level = levels; level > 0; level--) {
      int parents = 0;
      for (int i = 0; i < nodes; i++) {
        int parent = above[i] >>> 1;
        if (parents == 0 || above[parents - 1] != parent) {
          above[parents++] = parent;
          combine(parent, hasher);
        }
      }
      nodes = parents;
      computed += parents;
    }
    return computed;
  }

  private void combine(int node, TreeHasher hasher) {
    int depth = topDepth + Integer.SIZE - 1 - Integer.numberOfLeadingZeros(node);
    hasher.combine(
        depth, hashes, 2 * node * HASH, hashes, (2 * node + 1) * HASH, hashes, node * HASH);
  }

  /**
   * Goes down where the bits of a position lead; where one child is empty, what is there is the
   * other one's. Returns the number of the node in the lowest level.
   */
  int descend(byte[] position, LeafProof.Builder proof) {
    int node = 1;
    for (int depth = topDepth; depth < topDepth + levels; depth++) {
      int left = 2 * node;
      if (TreeHasher.isEmpty(hashes, left * HASH)) {
        node = left + 1;
      } else if (TreeHasher.isEmpty(hashes, (left + 1) * HASH)) {
        node = left;
      } else {
        node = EntryOrder.bit(position, 0, depth) ? left + 1 : left;
        proof.add(depth, hashes, (node ^ 1) * HASH);
      }
    }
    return node - width();
  }
}
