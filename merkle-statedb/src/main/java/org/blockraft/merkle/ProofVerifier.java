package org.blockraft.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Checks proofs against a root. Needs nothing but the Java platform, so that a client may take this
 * one file. {@code docs/merkle.md} says why the checks are enough.
 */
public final class ProofVerifier {
  static final byte FORMAT = 1;
  static final int LEAF_AT = 1;
  static final int STEP_BYTES = 33;
  static final byte RANGE_FORMAT = 2;
  static final int RANGE_LEAVES_AT = 5;
  static final int LEAF_BYTES = 64;
  private static final int HASH = 32;
  private static final int POSITION_BITS = 8 * HASH;
  private static final int STEPS_AT = LEAF_AT + LEAF_BYTES;

  private ProofVerifier() {}

  /** A leaf that a proof of a range shows. */
  public static final class Leaf {
    private final byte[] position;
    private final byte[] content;

    Leaf(byte[] position, byte[] content) {
      this.position = position;
      this.content = content;
    }

    /** Where it stands: the {@link ProofVerifier#position} of its key. */
    public byte[] position() {
      return position.clone();
    }

    /** What it says: the {@link ProofVerifier#content} of its key's value. */
    public byte[] content() {
      return content.clone();
    }
  }

  /** Where a key of a namespace stands in the tree. */
  public static byte[] position(byte[] namespace, byte[] key) {
    MessageDigest digest = sha256();
    digest.update((byte) 2);
    digest.update(bytes(namespace.length, Integer.BYTES));
    digest.update(namespace);
    return digest.digest(key);
  }

  /**
   * The hash of what a leaf says of its key.
   *
   * @param block that wrote the key last, and {@code tx} in it
   * @param metadata empty if there is none
   */
  public static byte[] content(long block, long tx, byte[] metadata, byte[] value) {
    MessageDigest digest = sha256();
    digest.update((byte) 3);
    digest.update(bytes(block, Long.BYTES));
    digest.update(bytes(tx, Long.BYTES));
    digest.update(bytes(metadata.length, Integer.BYTES));
    digest.update(metadata);
    return digest.digest(value);
  }

  /** Whether a proof shows that the tree with this root has a leaf with this content. */
  public static boolean includes(byte[] root, byte[] position, byte[] content, byte[] proof) {
    return isWellFormed(position, proof)
        && proof.length > 1
        && content.length == HASH
        && Arrays.equals(proof, LEAF_AT, LEAF_AT + HASH, position, 0, HASH)
        && Arrays.equals(proof, LEAF_AT + HASH, STEPS_AT, content, 0, HASH)
        && leadsTo(root, position, POSITION_BITS, proof, LEAF_AT);
  }

  /** Whether a proof shows that the tree with this root has no leaf at a position. */
  public static boolean excludes(byte[] root, byte[] position, byte[] proof) {
    if (!isWellFormed(position, proof)) {
      return false;
    }
    if (proof.length == 1) {
      return Arrays.equals(root, new byte[HASH]);
    }
    return !Arrays.equals(proof, LEAF_AT, LEAF_AT + HASH, position, 0, HASH)
        && leadsTo(root, position, POSITION_BITS, proof, LEAF_AT);
  }

  /**
   * All leaves of the tree with this root whose positions begin with the first {@code bits} bits of
   * {@code prefix}, in order of position; empty if the proof does not show which they are.
   *
   * @param bits from 0, which means the whole tree, to 256
   */
  public static Optional<List<Leaf>> range(byte[] root, byte[] prefix, int bits, byte[] proof) {
    if (bits < 0 || bits > POSITION_BITS || prefix.length < (bits + 7) / 8) {
      throw new IllegalArgumentException("a prefix of " + bits + " bits");
    }
    if (proof.length < RANGE_LEAVES_AT || proof[0] != RANGE_FORMAT) {
      return Optional.empty();
    }
    long count = number(proof, 1);
    long steps = proof.length - RANGE_LEAVES_AT - count * LEAF_BYTES;
    if (steps < 0 || steps % STEP_BYTES != 0) {
      return Optional.empty();
    }
    if (count == 0) {
      return steps == 0 && Arrays.equals(root, new byte[HASH])
          ? Optional.of(List.of())
          : Optional.empty();
    }
    if (count == 1 && !begins(proof, RANGE_LEAVES_AT, prefix, bits)) {
      return leadsTo(root, prefix, bits, proof, RANGE_LEAVES_AT)
          ? Optional.of(List.of())
          : Optional.empty();
    }
    return leaves(root, prefix, bits, proof, (int) count);
  }

  private static Optional<List<Leaf>> leaves(
      byte[] root, byte[] prefix, int bits, byte[] proof, int count) {
    List<Leaf> leaves = new ArrayList<>();
    int stepsAt = RANGE_LEAVES_AT + count * LEAF_BYTES;
    for (int at = RANGE_LEAVES_AT; at < stepsAt; at += LEAF_BYTES) {
      int last = at - LEAF_BYTES;
      boolean inOrder =
          leaves.isEmpty()
              || Arrays.compareUnsigned(proof, last, last + HASH, proof, at, at + HASH) < 0;
      if (!inOrder || !begins(proof, at, prefix, bits)) {
        return Optional.empty();
      }
      leaves.add(
          new Leaf(
              Arrays.copyOfRange(proof, at, at + HASH),
              Arrays.copyOfRange(proof, at + HASH, at + LEAF_BYTES)));
    }
    byte[] hash = hash(proof, RANGE_LEAVES_AT, stepsAt);
    return leadsTo(root, hash, prefix, bits, bits, proof, RANGE_LEAVES_AT, stepsAt)
        ? Optional.of(Collections.unmodifiableList(leaves))
        : Optional.empty();
  }

  /** The hash of the tree of some leaves, which are in order. */
  private static byte[] hash(byte[] leaves, int from, int to) {
    MessageDigest digest = sha256();
    if (to - from == LEAF_BYTES) {
      digest.update((byte) 0);
      digest.update(leaves, from, LEAF_BYTES);
      return digest.digest();
    }
    int depth = 0;
    while (bit(leaves, from, depth) == bit(leaves, to - LEAF_BYTES, depth)) {
      depth++;
    }
    int middle = from;
    while (!bit(leaves, middle, depth)) {
      middle += LEAF_BYTES;
    }
    digest.update((byte) 1);
    digest.update((byte) depth);
    digest.update(hash(leaves, from, middle));
    return digest.digest(hash(leaves, middle, to));
  }

  private static boolean isWellFormed(byte[] position, byte[] proof) {
    if (position.length != HASH || proof.length == 0 || proof[0] != FORMAT) {
      return false;
    }
    int steps = proof.length - STEPS_AT;
    return proof.length == 1 || (steps >= 0 && steps % STEP_BYTES == 0);
  }

  /** Whether one leaf's steps, to the end of the proof, lead to the root. */
  private static boolean leadsTo(byte[] root, byte[] wanted, int bits, byte[] proof, int leafAt) {
    int stepsAt = leafAt + LEAF_BYTES;
    byte[] hash = hash(proof, leafAt, stepsAt);
    return leadsTo(root, hash, wanted, bits, POSITION_BITS, proof, leafAt, stepsAt);
  }

  /**
   * Whether the steps lead from a hash to the root, turning as a leaf below it does, which must
   * turn as what is wanted does wherever that has a bit.
   *
   * @param bits of what is wanted
   * @param below all depths must be
   */
  private static boolean leadsTo(
      byte[] root,
      byte[] from,
      byte[] wanted,
      int bits,
      int below,
      byte[] proof,
      int leafAt,
      int stepsAt) {
    MessageDigest digest = sha256();
    byte[] hash = from;
    int last = below;
    for (int at = stepsAt; at < proof.length; at += STEP_BYTES) {
      int depth = proof[at] & 0xFF;
      boolean right = bit(proof, leafAt, depth);
      if (depth >= last || (depth < bits && right != bit(wanted, 0, depth))) {
        return false;
      }
      last = depth;
      digest.update((byte) 1);
      digest.update((byte) depth);
      if (right) {
        digest.update(proof, at + 1, HASH);
        digest.update(hash);
      } else {
        digest.update(hash);
        digest.update(proof, at + 1, HASH);
      }
      hash = digest.digest();
    }
    return Arrays.equals(hash, root);
  }

  private static boolean begins(byte[] bytes, int at, byte[] prefix, int bits) {
    for (int i = 0; i < bits; i++) {
      if (bit(bytes, at, i) != bit(prefix, 0, i)) {
        return false;
      }
    }
    return true;
  }

  private static long number(byte[] bytes, int at) {
    long number = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      number = number << 8 | (bytes[at + i] & 0xFF);
    }
    return number;
  }

  private static boolean bit(byte[] bytes, int at, int bit) {
    return (bytes[at + bit / 8] & (0x80 >>> (bit % 8))) != 0;
  }

  private static byte[] bytes(long number, int count) {
    byte[] out = new byte[count];
    for (int i = 0; i < count; i++) {
      out[i] = (byte) (number >>> (8 * (count - 1 - i)));
    }
    return out;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
