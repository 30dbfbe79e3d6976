package org.blockraft.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proofs made by hand to deceive: none is taken. */
final class ProofAttackTest {
  private static final int STEPS_AT = 65;
  private static final int STEP = 33;

  private final NaiveTree tree = new NaiveTree();
  private final List<byte[]> positions = new ArrayList<>();
  private byte[] root;

  /** Leaves at 00.., 01.., 10.., 1110.., 1111.. and some below them. */
  @BeforeEach
  void plant() {
    for (int first : new int[] {0x00, 0x40, 0x80, 0x81, 0xE0, 0xF0, 0xF1}) {
      byte[] position = new byte[32];
      position[0] = (byte) first;
      position[31] = 7;
      positions.add(position);
      tree.put(position, content(first));
    }
    root = tree.root();
  }

  private static byte[] content(int number) {
    return ProofVerifier.content(number, 0, new byte[0], new byte[] {(byte) number});
  }

  private static byte[] position(int first) {
    byte[] position = new byte[32];
    position[0] = (byte) first;
    return position;
  }

  private void assertUseless(byte[] wanted, byte[] proof) {
    assertFalse(ProofVerifier.excludes(root, wanted, proof));
    for (byte[] position : positions) {
      boolean own = Arrays.equals(position, wanted);
      assertFalse(
          own && ProofVerifier.includes(root, wanted, tree.leaf(position), proof), "included");
    }
  }

  private static byte[] node(int depth, byte[] left, byte[] right) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(new byte[] {1, (byte) depth});
    digest.update(left);
    return digest.digest(right);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void honestProofsAreTaken() {
    for (byte[] position : positions) {
      byte[] proof = tree.proof(position);
      assertTrue(ProofVerifier.includes(root, position, tree.leaf(position), proof));
      assertFalse(ProofVerifier.excludes(root, position, proof));
    }
    for (int first : new int[] {0x01, 0x7F, 0x82, 0xC0, 0xE1, 0xFF}) {
      assertTrue(ProofVerifier.excludes(root, position(first), tree.proof(position(first))));
    }
  }

  @Test
  void everyLengthButTheRightOneIsRefused() {
    byte[] wanted = positions.get(6);
    byte[] proof = tree.proof(wanted);
    for (int length = 0; length < proof.length; length++) {
      assertUseless(wanted, Arrays.copyOf(proof, length));
    }
    for (int more = 1; more <= 2 * STEP; more++) {
      assertUseless(wanted, Arrays.copyOf(proof, proof.length + more));
    }
    // A step too many whose hash is what stands there already.
    byte[] step = Arrays.copyOfRange(proof, proof.length - STEP, proof.length);
    assertUseless(wanted, join(proof, step));
  }

  @Test
  void depthsThatDoNotDecreaseAreRefused() throws Exception {
    byte[] wanted = positions.get(6);
    byte[] proof = tree.proof(wanted);
    assertEquals(STEPS_AT + 4 * STEP, proof.length);
    for (int step = 0; step < 3; step++) {
      byte[] swapped = proof.clone();
      int at = STEPS_AT + step * STEP;
      System.arraycopy(proof, at, swapped, at + STEP, STEP);
      System.arraycopy(proof, at + STEP, swapped, at, STEP);
      assertUseless(wanted, swapped);
    }
    // Of a tree that is built wrongly and hashes well: the same depth twice, and a rising one.
    byte[] leaf = leafHash(positions.get(4));
    byte[] other = leafHash(positions.get(0));
    byte[] twice = node(0, other, node(0, other, leaf));
    byte[] rising = node(2, other, node(0, other, leaf));
    byte[] entry = join(positions.get(4), tree.leaf(positions.get(4)));
    byte[] zero = join(new byte[] {0}, other);
    byte[] two = join(new byte[] {2}, other);
    byte[] content = tree.leaf(positions.get(4));
    assertFalse(
        ProofVerifier.includes(
            twice, positions.get(4), content, join(new byte[] {1}, entry, zero, zero)));
    assertFalse(
        ProofVerifier.includes(
            rising, positions.get(4), content, join(new byte[] {1}, entry, zero, two)));
  }

  private byte[] leafHash(byte[] position) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update((byte) 0);
    digest.update(position);
    return digest.digest(tree.leaf(position));
  }

  @Test
  void anotherDepthThanTheNodesIsRefused() {
    byte[] wanted = positions.get(6);
    byte[] proof = tree.proof(wanted);
    for (int at = STEPS_AT; at < proof.length; at += STEP) {
      for (int depth = 0; depth < 256; depth++) {
        byte[] changed = proof.clone();
        if (changed[at] != (byte) depth) {
          changed[at] = (byte) depth;
          assertUseless(wanted, changed);
        }
      }
    }
  }

  @Test
  void aLeafProofIsOfNoUseForAnotherKey() {
    byte[] proof = tree.proof(positions.get(2));
    for (byte[] position : positions) {
      if (!Arrays.equals(position, positions.get(2))) {
        assertFalse(ProofVerifier.includes(root, position, tree.leaf(position), proof));
        assertFalse(ProofVerifier.includes(root, position, tree.leaf(positions.get(2)), proof));
        // The key is there, and a proof of another leaf must not hide it.
        assertFalse(ProofVerifier.excludes(root, position, proof));
        byte[] relabeled = proof.clone();
        System.arraycopy(position, 0, relabeled, 1, 32);
        assertUseless(position, relabeled);
      }
    }
  }

  @Test
  void anotherContentIsRefused() {
    byte[] wanted = positions.get(3);
    byte[] proof = tree.proof(wanted);
    assertFalse(ProofVerifier.includes(root, wanted, content(1), proof));
    byte[] changed = proof.clone();
    System.arraycopy(content(1), 0, changed, 33, 32);
    assertFalse(ProofVerifier.includes(root, wanted, content(1), changed));
  }

  @Test
  void absenceIsNotShownByALeafElsewhere() {
    // 11000000 would stand beside 1110...; the leaf at 00... has nothing to do with it.
    byte[] wanted = position(0xC0);
    assertTrue(ProofVerifier.excludes(root, wanted, tree.proof(wanted)));
    for (byte[] elsewhere : positions.subList(0, 4)) {
      assertFalse(ProofVerifier.excludes(root, wanted, tree.proof(elsewhere)));
    }
    // The honest leaf under a position that would make the bits fit.
    byte[] proof = tree.proof(positions.get(0));
    byte[] moved = proof.clone();
    moved[1] = (byte) 0x20;
    assertFalse(ProofVerifier.excludes(root, wanted, moved));
  }

  @Test
  void anInnerNodeIsNotTakenForALeaf() throws Exception {
    // What a node hashes is two bytes longer than what a leaf does, and begins otherwise.
    byte[] left = leafHash(positions.get(0));
    byte[] right = leafHash(positions.get(1));
    byte[] proof = tree.proof(positions.get(0));
    byte[] above = Arrays.copyOfRange(proof, STEPS_AT + STEP, proof.length);
    byte[] forged = join(new byte[] {1}, left, right, above);
    assertFalse(ProofVerifier.includes(root, left, right, forged));
    assertUseless(position(0x20), forged);
  }

  @Test
  void anEmptyTreesProofIsGoodForAnEmptyTreeAlone() {
    byte[] none = {1};
    assertUseless(position(0xC0), none);
    assertTrue(ProofVerifier.excludes(new byte[32], position(0xC0), none));
    assertFalse(ProofVerifier.includes(new byte[32], positions.get(0), new byte[32], none));
    assertFalse(ProofVerifier.excludes(new byte[0], position(0xC0), none));
    assertFalse(ProofVerifier.excludes(new byte[32], position(0xC0), new byte[] {2}));
    assertFalse(ProofVerifier.excludes(new byte[32], position(0xC0), new byte[0]));
  }

  @Test
  void rootsAndPositionsOfAnotherLengthAreRefused() {
    byte[] wanted = positions.get(0);
    byte[] proof = tree.proof(wanted);
    byte[] content = tree.leaf(wanted);
    assertFalse(ProofVerifier.includes(new byte[0], wanted, content, proof));
    assertFalse(ProofVerifier.includes(root, Arrays.copyOf(wanted, 31), content, proof));
    assertFalse(ProofVerifier.includes(root, wanted, Arrays.copyOf(content, 31), proof));
    assertFalse(ProofVerifier.excludes(root, Arrays.copyOf(wanted, 33), proof));
    assertFalse(ProofVerifier.excludes(root, new byte[0], proof));
  }

  @Test
  void aProofStaysSmall() {
    // One leaf beside the way at each depth: as deep as paths of so many leaves get.
    NaiveTree deep = new NaiveTree();
    byte[] wanted = new byte[32];
    deep.put(wanted, content(0));
    int depth = 40;
    for (int bit = 0; bit < depth; bit++) {
      byte[] position = new byte[32];
      position[bit / 8] = (byte) (0x80 >>> (bit % 8));
      deep.put(position, content(bit));
    }
    byte[] proof = deep.proof(wanted);
    assertTrue(ProofVerifier.includes(deep.root(), wanted, content(0), proof));
    assertEquals(1 + 64 + depth * STEP, proof.length);
    // With ten million keys, the path of one key in 100,000 is that deep.
    assertTrue(proof.length < 1500, "bytes " + proof.length);
  }

  @Test
  void countsOfLeavesThatCannotBeAreRefused() {
    byte[] proof = tree.rangeProof(new byte[1], 0);
    for (int count : new int[] {-1, Integer.MIN_VALUE, 0, 1, 6, 8, 1 << 26}) {
      byte[] changed = proof.clone();
      ByteBuffer.wrap(changed).putInt(1, count);
      assertTrue(ProofVerifier.range(root, new byte[1], 0, changed).isEmpty(), "count " + count);
    }
    byte[] twice =
        join(new byte[] {2, 0, 0, 0, 2}, entry(positions.get(0)), entry(positions.get(0)));
    assertTrue(ProofVerifier.range(root, new byte[1], 0, twice).isEmpty());
    byte[] turned =
        join(new byte[] {2, 0, 0, 0, 2}, entry(positions.get(1)), entry(positions.get(0)));
    assertTrue(ProofVerifier.range(root, new byte[1], 0, turned).isEmpty());
  }

  private byte[] entry(byte[] position) {
    return join(position, tree.leaf(position));
  }
}
