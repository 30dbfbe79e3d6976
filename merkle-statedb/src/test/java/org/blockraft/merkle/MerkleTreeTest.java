package org.blockraft.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree against one that is computed anew, with random changes. */
class MerkleTreeTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final Random random = new Random(SEED);
  private final NaiveTree naive = new NaiveTree();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    workers.shutdown();
  }

  private static TreeSettings settings(int threads, long cacheBytes) {
    return new TreeSettings(threads, cacheBytes, 10, 1, 100, 8);
  }

  private static String seed(String place) {
    return "seed " + SEED + " " + place;
  }

  private KeyValueStore store(String name) {
    return KeyValueStore.open(
        folder.resolve(name), List.of(TreeStore.TREE, TreeStore.CHANGES), KeyValueLimits.SMALL);
  }

  /** Positions with common beginnings of any length, and some that were there before. */
  private byte[] position(List<byte[]> known) {
    byte[] position = new byte[32];
    random.nextBytes(position);
    if (!known.isEmpty() && random.nextInt(4) != 0) {
      byte[] other = known.get(random.nextInt(known.size()));
      int shared = random.nextInt(3) == 0 ? 32 : random.nextInt(32);
      System.arraycopy(other, 0, position, 0, shared);
    }
    known.add(position);
    return position;
  }

  private ChangeSet changes(int count, List<byte[]> known) {
    ChangeSet all = ChangeSet.EMPTY;
    for (int i = 0; i < count; i++) {
      byte[] entry = Arrays.copyOf(position(known), 64);
      byte[] position = Arrays.copyOf(entry, 32);
      if (random.nextInt(3) == 0) {
        naive.remove(position);
      } else {
        byte[] leaf = new byte[32];
        random.nextBytes(leaf);
        System.arraycopy(leaf, 0, entry, 32, 32);
        naive.put(position, leaf);
      }
      all = all.then(ChangeSet.sorted(entry));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16})
  void rootsAreThoseOfTheTreeThatIsComputedAnew(int threads) {
    List<byte[]> known = new ArrayList<>();
    try (KeyValueStore store = store("store")) {
      MerkleTree tree = MerkleTree.open(new TreeStore(store), settings(threads, 1 << 20), workers);
      for (int height = 1; height <= 60; height++) {
        tree.apply(changes(random.nextInt(300), known), height);
        assertArrayEquals(naive.root(), tree.root(), seed("height " + height));
        assertEquals(naive.size(), tree.leaves());
        if (tree.isAtCheckpoint()) {
          tree.write(tree.collect());
          tree.prune(height);
        }
      }
    }
  }

  @Test
  void opensAsItsLastCheckpointWas() {
    List<byte[]> known = new ArrayList<>();
    int height = 0;
    for (int round = 0; round < 8; round++) {
      try (KeyValueStore store = store("store")) {
        MerkleTree tree = MerkleTree.open(new TreeStore(store), settings(2, 1 << 20), workers);
        assertEquals(height, tree.height());
        assertArrayEquals(naive.root(), tree.root(), seed("round " + round));
        for (int i = 0; i < 10; i++) {
          tree.apply(changes(200, known), ++height);
        }
        tree.write(tree.collect());
        tree.prune(height);
      }
    }
  }

  @Test
  void whatCameAfterTheCheckpointIsForgotten() {
    List<byte[]> known = new ArrayList<>();
    try (KeyValueStore store = store("store")) {
      TreeStore rows = new TreeStore(store);
      MerkleTree tree = MerkleTree.open(rows, settings(2, 1 << 20), workers);
      for (int height = 1; height <= 10; height++) {
        tree.apply(changes(2000, known), height);
      }
      tree.write(tree.collect());
      byte[] root = tree.root();
      List<ChangeSet> more = new ArrayList<>();
      for (int height = 11; height <= 20; height++) {
        more.add(changes(2000, known));
        tree.apply(more.getLast(), height);
      }
      byte[] later = tree.root();
      // The rows of the shards are written, but the checkpoint is not finished.
      tree.collect().shards().forEach(shard -> rows.write(shard.rows()));

      MerkleTree again = MerkleTree.open(rows, settings(1, 1 << 20), workers);

      assertEquals(10, again.height());
      assertArrayEquals(root, again.root(), seed(""));
      ChangeSet folded = more.stream().reduce(ChangeSet.EMPTY, ChangeSet::then);
      again.apply(folded, 20);
      assertArrayEquals(later, again.root(), seed(""));
    }
  }

  @Test
  void aSmallCacheGivesTheSameRoots() {
    try (KeyValueStore store = store("store")) {
      MerkleTree tree = MerkleTree.open(new TreeStore(store), settings(2, 1 << 20), workers);
      for (int height = 1; height <= 20; height++) {
        byte[] entries = new byte[3000 * ChangeSet.ENTRY_BYTES];
        random.nextBytes(entries);
        for (int at = 0; at < entries.length; at += ChangeSet.ENTRY_BYTES) {
          naive.put(
              Arrays.copyOfRange(entries, at, at + 32),
              Arrays.copyOfRange(entries, at + 32, at + 64));
        }
        tree.apply(ChangeSet.sorted(entries), height);
        if (tree.isAtCheckpoint()) {
          tree.write(tree.collect());
        }
      }
      assertArrayEquals(naive.root(), tree.root(), seed(""));
      assertTrue(tree.pageMisses() > 0);
      assertTrue(tree.cachedBytes() < 2 << 20);
    }
  }

  /** A row written early, whose page is emptied and filled again before the checkpoint, lives. */
  @Test
  void aPageEmptiedAndFilledAgainStays() {
    byte[] entry = new byte[ChangeSet.ENTRY_BYTES];
    byte[] gone = entry.clone();
    entry[40] = 1;
    byte[] filler = new byte[2000 * ChangeSet.ENTRY_BYTES];
    random.nextBytes(filler);
    for (int at = 0; at < filler.length; at += ChangeSet.ENTRY_BYTES) {
      filler[at] = 0;
      filler[at + 1] |= (byte) 0x80;
    }
    ChangeSet others = ChangeSet.sorted(filler);
    try (KeyValueStore store = store("store")) {
      TreeStore rows = new TreeStore(store);
      MerkleTree tree = MerkleTree.open(rows, settings(1, 1 << 20), workers);
      byte[] root = new byte[32];
      for (int height = 1; height <= 40; height++) {
        // The others make the shard write early each time.
        ChangeSet one = ChangeSet.sorted(height == 3 ? gone : entry);
        tree.apply(height < 9 ? others.then(one) : others, height);
        if (tree.isAtCheckpoint()) {
          tree.write(tree.collect());
          tree.prune(height);
          root = tree.root();
        }
      }
      MerkleTree again = MerkleTree.open(rows, settings(1, 1 << 20), workers);
      assertArrayEquals(root, again.root());
      again.apply(others.then(ChangeSet.sorted(entry)), 41);
    }
  }

  @Test
  void proofsShowWhatIsThereAndWhatIsNot() {
    List<byte[]> known = new ArrayList<>();
    try (KeyValueStore store = store("store")) {
      MerkleTree tree = MerkleTree.open(new TreeStore(store), settings(2, 1 << 20), workers);
      byte[] empty = tree.prove(new byte[32]).bytes();
      assertTrue(ProofVerifier.excludes(tree.root(), new byte[32], empty));
      for (int height = 1; height <= 20; height++) {
        tree.apply(changes(height < 5 ? 1 : 200, known), height);
        if (tree.isAtCheckpoint()) {
          tree.write(tree.collect());
        }
        byte[] root = tree.root();
        for (int i = 0; i < 100; i++) {
          byte[] wanted = position(known);
          byte[] proof = tree.prove(wanted).bytes();
          boolean there = naive.has(wanted);
          byte[] leaf = there ? naive.leaf(wanted) : new byte[32];
          String place = seed("height " + height + ", " + i);
          assertEquals(there, ProofVerifier.includes(root, wanted, leaf, proof), place);
          assertEquals(!there, ProofVerifier.excludes(root, wanted, proof), place);
          proof[random.nextInt(proof.length)] ^= (byte) (1 << random.nextInt(8));
          assertFalse(ProofVerifier.includes(root, wanted, leaf, proof), place);
          assertFalse(ProofVerifier.excludes(root, wanted, proof), place);
        }
      }
    }
  }
}
