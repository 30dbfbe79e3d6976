package org.blockraft.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs of ranges against a tree that is computed anew, with random leaves and prefixes. */
final class RangeProofTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int ALL = 100_000;

  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final Random random = new Random(SEED);
  private final NaiveTree naive = new NaiveTree();
  private final List<byte[]> known = new ArrayList<>();

  @TempDir private Path folder;
  private KeyValueStore store;
  private MerkleTree tree;

  @BeforeEach
  void open() {
    store =
        KeyValueStore.open(
            folder, List.of(TreeStore.TREE, TreeStore.CHANGES), KeyValueLimits.SMALL);
    TreeSettings settings = new TreeSettings(2, 1 << 20, 10, 1, 100, 8);
    tree = MerkleTree.open(new TreeStore(store), settings, workers);
  }

  @AfterEach
  void close() {
    store.close();
    workers.shutdown();
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Random bytes, most of which begin as others do. */
  private byte[] position() {
    byte[] position = random(32);
    if (!known.isEmpty() && random.nextInt(4) != 0) {
      byte[] other = known.get(random.nextInt(known.size()));
      int shared = random.nextInt(32);
      System.arraycopy(other, 0, position, 0, shared);
      position[shared] = (byte) (other[shared] ^ (1 << random.nextInt(8)));
    }
    return position;
  }

  private void grow(int count) {
    ChangeSet changes = ChangeSet.EMPTY;
    for (int i = 0; i < count; i++) {
      byte[] entry = Arrays.copyOf(position(), ChangeSet.ENTRY_BYTES);
      known.add(Arrays.copyOf(entry, 32));
      byte[] content = random(32);
      System.arraycopy(content, 0, entry, 32, 32);
      naive.put(known.getLast(), content);
      changes = changes.then(ChangeSet.sorted(entry));
    }
    tree.apply(changes, tree.height() + 1);
    if (tree.isAtCheckpoint()) {
      tree.write(tree.collect());
    }
  }

  private void check(byte[] prefix, int bits) {
    String place = "seed " + SEED + ", height " + tree.height() + ", " + bits + " bits";
    List<byte[]> expected = naive.range(prefix, bits);
    RangeProof proof = tree.range(prefix, bits, ALL).orElseThrow();
    assertEquals(expected.size(), proof.leaves(), place);
    byte[] padded = RangeProof.firstPosition(prefix, bits);
    assertArrayEquals(naive.rangeProof(padded, bits), proof.bytes(), place);
    List<ProofVerifier.Leaf> leaves =
        ProofVerifier.range(tree.root(), prefix, bits, proof.bytes()).orElseThrow();
    assertEquals(expected.size(), leaves.size(), place);
    for (int i = 0; i < leaves.size(); i++) {
      assertArrayEquals(expected.get(i), leaves.get(i).position(), place);
      assertArrayEquals(naive.leaf(expected.get(i)), leaves.get(i).content(), place);
    }
    if (!expected.isEmpty()) {
      assertTrue(tree.range(prefix, bits, expected.size() - 1).isEmpty(), place);
      assertTrue(tree.range(prefix, bits, expected.size()).isPresent(), place);
    }
    tamper(prefix, bits, proof.bytes(), place);
  }

  private void tamper(byte[] prefix, int bits, byte[] proof, String place) {
    for (int i = 0; i < 5; i++) {
      byte[] changed = proof.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      assertRefused(prefix, bits, changed, place);
      assertRefused(prefix, bits, Arrays.copyOf(proof, random.nextInt(proof.length)), place);
      byte[] longer = Arrays.copyOf(proof, proof.length + 1 + random.nextInt(100));
      assertRefused(prefix, bits, longer, place);
    }
    int count = (proof.length - ProofVerifier.RANGE_LEAVES_AT) / ProofVerifier.LEAF_BYTES;
    assertRefused(prefix, bits, without(proof, random.nextInt(Math.max(1, count))), place);
  }

  /** The same proof with one leaf, or what would be one, less. */
  private static byte[] without(byte[] proof, int leaf) {
    int at = ProofVerifier.RANGE_LEAVES_AT + leaf * ProofVerifier.LEAF_BYTES;
    if (at + ProofVerifier.LEAF_BYTES > proof.length) {
      return new byte[0];
    }
    byte[] out = Arrays.copyOf(proof, proof.length - ProofVerifier.LEAF_BYTES);
    System.arraycopy(proof, at + ProofVerifier.LEAF_BYTES, out, at, out.length - at);
    out[4]--;
    return out;
  }

  private void assertRefused(byte[] prefix, int bits, byte[] proof, String place) {
    Optional<List<ProofVerifier.Leaf>> leaves =
        ProofVerifier.range(tree.root(), prefix, bits, proof);
    assertTrue(leaves.isEmpty(), place);
  }

  @Test
  void everyRangeIsThatOfTheTreeThatIsComputedAnew() {
    check(random(32), 0);
    check(random(32), 9);
    for (int height = 1; height <= 16; height++) {
      grow(height < 6 ? 1 : random.nextInt(60));
      check(random(0), 0);
      for (int i = 0; i < 15; i++) {
        check(position(), random.nextInt(257));
        check(position(), random.nextInt(20));
        check(known.get(random.nextInt(known.size())), 256);
      }
    }
  }

  @Test
  void aProofIsGoodForItsOwnPrefixAlone() {
    grow(400);
    for (int i = 0; i < 200; i++) {
      int bits = 1 + random.nextInt(12);
      byte[] prefix = random(2);
      byte[] proof = tree.range(prefix, bits, ALL).orElseThrow().bytes();
      byte[] other = prefix.clone();
      int bit = random.nextInt(bits);
      other[bit / 8] ^= (byte) (0x80 >>> (bit % 8));
      int others = naive.range(other, bits).size();
      Optional<List<ProofVerifier.Leaf>> leaves =
          ProofVerifier.range(tree.root(), other, bits, proof);
      // One leaf may show of both what there is, but never hide anything.
      assertTrue(leaves.isEmpty() || leaves.get().size() == others, "seed " + SEED);
    }
  }

  @Test
  void aPartIsNotTakenForTheWhole() {
    grow(400);
    byte[] prefix = {(byte) 0b1010_0000};
    byte[] half = tree.range(prefix, 4, ALL).orElseThrow().bytes();
    assertTrue(naive.range(prefix, 4).size() < naive.range(prefix, 3).size());

    assertTrue(ProofVerifier.range(tree.root(), prefix, 4, half).isPresent());
    assertFalse(ProofVerifier.range(tree.root(), prefix, 3, half).isPresent());
    assertFalse(ProofVerifier.range(tree.root(), prefix, 0, half).isPresent());
  }

  @Test
  void aLeafThatIsThereCannotShowThatThereIsNone() {
    grow(400);
    byte[] there = known.getFirst();
    byte[] one = tree.prove(there).bytes();
    byte[] range = new byte[one.length + 4];
    range[0] = ProofVerifier.RANGE_FORMAT;
    range[4] = 1;
    System.arraycopy(one, 1, range, 5, one.length - 1);

    for (int bits = 0; bits <= 256; bits++) {
      Optional<List<ProofVerifier.Leaf>> leaves =
          ProofVerifier.range(tree.root(), there, bits, range);
      int expected = naive.range(there, bits).size();
      assertTrue(leaves.isEmpty() || leaves.get().size() == expected, bits + " bits");
      assertTrue(leaves.isPresent() || expected > 1, bits + " bits");
    }
  }

  @Test
  void aPrefixThatIsNoneIsABug() {
    byte[] proof = tree.range(new byte[0], 0, ALL).orElseThrow().bytes();
    for (int bits : new int[] {-1, 9, 257}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> ProofVerifier.range(tree.root(), new byte[1], bits, proof));
      assertThrows(IllegalArgumentException.class, () -> tree.range(new byte[1], bits, ALL));
    }
  }
}
