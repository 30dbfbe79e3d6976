package org.blockraft.merkle;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import org.blockraft.state.VersionedValue;

/**
 * The hashes of the tree, each with a first byte of its own, as {@code docs/merkle.md} specifies
 * them. Used by one thread at a time.
 */
public final class TreeHasher {
  /** Bytes of every hash. */
  public static final int HASH_BYTES = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;
  private static final byte POSITION = 2;
  private static final byte CONTENT = 3;
  private static final int NODE_BYTES = 2 + 2 * HASH_BYTES;
  private static final int CONTENT_HEAD_BYTES = 1 + 2 * Long.BYTES + Integer.BYTES;
  private static final int POSITION_HEAD_BYTES = 1 + Integer.BYTES;

  private final MessageDigest digest;
  private final byte[] node = new byte[NODE_BYTES];
  private final byte[] children = new byte[Byte.SIZE * HASH_BYTES * 2 * HASH_BYTES];
  private final byte[] head = new byte[CONTENT_HEAD_BYTES];

  /** A hasher of its own for the calling thread. */
  public TreeHasher() {
    try {
      // The platform's own: in the virtual machine, it costs less than a call out of it.
      digest = MessageDigest.getInstance("SHA-256", "SUN");
    } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
      throw new MerkleException("no SHA-256", e);
    }
  }

  /** Where a key stands: the bits of this hash, first to last, lead from the root to its leaf. */
  public void position(byte[] namespace, byte[] key, byte[] into, int at) {
    head[0] = POSITION;
    putInt(namespace.length, head, 1);
    digest.update(head, 0, POSITION_HEAD_BYTES);
    digest.update(namespace);
    digest.update(key);
    finish(into, at);
  }

  /** The same in an array of its own. */
  public byte[] position(String namespace, byte[] key) {
    byte[] position = new byte[HASH_BYTES];
    position(namespace.getBytes(StandardCharsets.UTF_8), key, position, 0);
    return position;
  }

  /** The hash of what a leaf says of its key: version, metadata and value. */
  public void content(VersionedValue value, byte[] into, int at) {
    head[0] = CONTENT;
    int next = putLong(value.version().block(), head, 1);
    next = putLong(value.version().tx(), head, next);
    putInt(value.metadata().length, head, next);
    digest.update(head, 0, CONTENT_HEAD_BYTES);
    digest.update(value.metadata());
    digest.update(value.value());
    finish(into, at);
  }

  /** The hash of a leaf: of its position and its content, which stand one after the other. */
  void leaf(byte[] entries, int entryAt, byte[] into, int at) {
    node[0] = LEAF;
    System.arraycopy(entries, entryAt, node, 1, 2 * HASH_BYTES);
    digest.update(node, 0, 1 + 2 * HASH_BYTES);
    finish(into, at);
  }

  /**
   * The hash of a node with two children, whose leaves differ first in the bit {@code depth}, the
   * first of all being 0.
   */
  void node(
      int depth, byte[] left, int leftAt, byte[] right, int rightAt, byte[] into, int intoAt) {
    node[0] = NODE;
    node[1] = (byte) depth;
    System.arraycopy(left, leftAt, node, 2, HASH_BYTES);
    System.arraycopy(right, rightAt, node, 2 + HASH_BYTES, HASH_BYTES);
    digest.update(node, 0, NODE_BYTES);
    finish(into, intoAt);
  }

  /** A node, or what stands in its place if a child, or both, are empty, which is all zeros. */
  void combine(
      int depth, byte[] left, int leftAt, byte[] right, int rightAt, byte[] into, int intoAt) {
    if (isEmpty(left, leftAt)) {
      System.arraycopy(right, rightAt, into, intoAt, HASH_BYTES);
    } else if (isEmpty(right, rightAt)) {
      System.arraycopy(left, leftAt, into, intoAt, HASH_BYTES);
    } else {
      node(depth, left, leftAt, right, rightAt, into, intoAt);
    }
  }

  /** Room for two hashes at each of as many levels as a position has bits. */
  byte[] children() {
    return children;
  }

  static boolean isEmpty(byte[] hashes, int at) {
    for (int i = at; i < at + HASH_BYTES; i++) {
      if (hashes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void finish(byte[] into, int at) {
    try {
      digest.digest(into, at, HASH_BYTES);
    } catch (DigestException e) {
      throw new MerkleException("no room for a hash", e);
    }
  }

  private static int putLong(long value, byte[] into, int at) {
    for (int i = 0; i < Long.BYTES; i++) {
      into[at + i] = (byte) (value >>> (Long.SIZE - Byte.SIZE * (i + 1)));
    }
    return at + Long.BYTES;
  }

  private static void putInt(int value, byte[] into, int at) {
    for (int i = 0; i < Integer.BYTES; i++) {
      into[at + i] = (byte) (value >>> (Integer.SIZE - Byte.SIZE * (i + 1)));
    }
  }
}
