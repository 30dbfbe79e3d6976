package org.blockraft.merkle;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * All leaves whose positions begin with some bits, and the hashes beside the way from the top of
 * their subtree to the root; or, if there are none, the leaf that stands where they would be.
 * Checked with {@link ProofVerifier#range}.
 */
public final class RangeProof {
  private final byte[] bytes;
  private final int leaves;

  private RangeProof(byte[] bytes, int leaves) {
    this.bytes = bytes;
    this.leaves = leaves;
  }

  /**
   * @param way the proof of {@link #firstPosition}
   * @param entries all that there are, in order
   */
  static RangeProof of(int bits, LeafProof way, byte[] entries) {
    byte[] one = way.shared();
    int stepsAt = ProofVerifier.LEAF_AT + ProofVerifier.LEAF_BYTES;
    if (one.length < stepsAt) {
      return build(new byte[0], new byte[0], 0);
    }
    if (entries.length == 0) {
      byte[] other = Arrays.copyOfRange(one, ProofVerifier.LEAF_AT, stepsAt);
      return build(other, Arrays.copyOfRange(one, stepsAt, one.length), 0);
    }
    int above = stepsAt;
    while (above < one.length && (one[above] & 0xFF) >= bits) {
      above += ProofVerifier.STEP_BYTES;
    }
    byte[] steps = Arrays.copyOfRange(one, above, one.length);
    return build(entries, steps, entries.length / ProofVerifier.LEAF_BYTES);
  }

  private static RangeProof build(byte[] entries, byte[] steps, int leaves) {
    ByteBuffer out =
        ByteBuffer.allocate(ProofVerifier.RANGE_LEAVES_AT + entries.length + steps.length);
    out.put(ProofVerifier.RANGE_FORMAT);
    out.putInt(entries.length / ProofVerifier.LEAF_BYTES);
    out.put(entries);
    out.put(steps);
    return new RangeProof(out.array(), leaves);
  }

  /** The position that has the bits of a prefix and zeros behind. */
  static byte[] firstPosition(byte[] prefix, int bits) {
    if (bits < 0 || bits > Byte.SIZE * TreeHasher.HASH_BYTES || prefix.length * 8 < bits) {
      throw new IllegalArgumentException("a prefix of " + bits + " bits");
    }
    byte[] first = Arrays.copyOf(Arrays.copyOf(prefix, (bits + 7) / 8), TreeHasher.HASH_BYTES);
    if (bits % 8 != 0) {
      first[bits / 8] &= (byte) (0xFF << (8 - bits % 8));
    }
    return first;
  }

  /** As {@code docs/merkle.md} says; a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of leaves whose positions begin with the bits. */
  public int leaves() {
    return leaves;
  }
}
