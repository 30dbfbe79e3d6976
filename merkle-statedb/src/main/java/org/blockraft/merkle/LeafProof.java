package org.blockraft.merkle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The leaf to which the bits of a position lead, and the hashes beside the way from there to the
 * root: it shows that the leaf is there, or, being another one's, that there is none at the
 * position. Checked with {@link ProofVerifier}.
 */
public final class LeafProof {
  private final byte[] bytes;

  private LeafProof(byte[] bytes) {
    this.bytes = bytes;
  }

  /** As {@code docs/merkle.md} says; a copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The same, shared. */
  byte[] shared() {
    return bytes;
  }

  /** Collects a proof from the root down. */
  static final class Builder {
    private final List<byte[]> siblings = new ArrayList<>();
    private byte[] leaf;

    /** A hash beside the way and the depth of the node above it. */
    void add(int depth, byte[] hashes, int at) {
      byte[] step = new byte[ProofVerifier.STEP_BYTES];
      step[0] = (byte) depth;
      System.arraycopy(hashes, at, step, 1, TreeHasher.HASH_BYTES);
      siblings.add(step);
    }

    void leaf(byte[] entries, int at) {
      leaf = Arrays.copyOfRange(entries, at, at + ChangeSet.ENTRY_BYTES);
    }

    LeafProof build() {
      if (leaf == null) {
        return new LeafProof(new byte[] {ProofVerifier.FORMAT});
      }
      byte[] out =
          new byte
              [ProofVerifier.LEAF_AT + leaf.length + siblings.size() * ProofVerifier.STEP_BYTES];
      out[0] = ProofVerifier.FORMAT;
      System.arraycopy(leaf, 0, out, ProofVerifier.LEAF_AT, leaf.length);
      int at = ProofVerifier.LEAF_AT + leaf.length;
      for (byte[] step : siblings.reversed()) {
        System.arraycopy(step, 0, out, at, step.length);
        at += step.length;
      }
      return new LeafProof(out);
    }
  }
}
