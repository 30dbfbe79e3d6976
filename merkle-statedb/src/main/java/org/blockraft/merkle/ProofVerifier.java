package org.blockraft.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Checks proofs against a root. Needs nothing but the Java platform, so that a client may take this
 * one file. {@code docs/merkle.md} says why the checks are enough.
 */
public final class ProofVerifier {
  static final byte FORMAT = 1;
  static final int LEAF_AT = 1;
  static final int STEP_BYTES = 33;
  private static final int HASH = 32;
  private static final int STEPS_AT = LEAF_AT + 2 * HASH;

  private ProofVerifier() {}

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
    return isWellFormed(proof)
        && proof.length > 1
        && Arrays.equals(proof, LEAF_AT, LEAF_AT + HASH, position, 0, HASH)
        && Arrays.equals(proof, LEAF_AT + HASH, STEPS_AT, content, 0, HASH)
        && leadsTo(root, position, proof);
  }

  /** Whether a proof shows that the tree with this root has no leaf at a position. */
  public static boolean excludes(byte[] root, byte[] position, byte[] proof) {
    if (!isWellFormed(proof)) {
      return false;
    }
    if (proof.length == 1) {
      return Arrays.equals(root, new byte[HASH]);
    }
    return !Arrays.equals(proof, LEAF_AT, LEAF_AT + HASH, position, 0, HASH)
        && leadsTo(root, position, proof);
  }

  private static boolean isWellFormed(byte[] proof) {
    if (proof.length == 0 || proof[0] != FORMAT) {
      return false;
    }
    int steps = proof.length - STEPS_AT;
    return proof.length == 1 || (steps >= 0 && steps % STEP_BYTES == 0);
  }

  /** Whether the steps lead to the root, turning where both the leaf and the position turn. */
  private static boolean leadsTo(byte[] root, byte[] position, byte[] proof) {
    MessageDigest digest = sha256();
    digest.update((byte) 0);
    digest.update(proof, LEAF_AT, 2 * HASH);
    byte[] hash = digest.digest();
    int below = 8 * HASH;
    for (int at = STEPS_AT; at < proof.length; at += STEP_BYTES) {
      int depth = proof[at] & 0xFF;
      boolean right = bit(position, 0, depth);
      if (depth >= below || right != bit(proof, LEAF_AT, depth)) {
        return false;
      }
      below = depth;
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
