package org.blockraft.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateDb;
import org.blockraft.state.StateException;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tree behind a real state, as the ledger drives it. */
class TreePipelineTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final TreeSettings SETTINGS = new TreeSettings(2, 1 << 20, 7, 1, 100, 4);
  private static final int WAIT_SECONDS = 30;

  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final Random random = new Random(SEED);
  private final TreeHasher hasher = new TreeHasher();
  private final NaiveTree naive = new NaiveTree();
  private final TreeMap<String, VersionedValue> values = new TreeMap<>();
  private final List<byte[]> roots = new ArrayList<>(List.of(new byte[32]));
  private KeyValueStore store;
  private StateDb state;
  private TreePipeline tree;

  @TempDir private Path folder;

  @BeforeEach
  void open() {
    List<String> families = new ArrayList<>(List.of(TreeStore.TREE, TreeStore.CHANGES));
    families.add(StateDb.FAMILY);
    store = KeyValueStore.open(folder, families, KeyValueLimits.SMALL);
    state = new StateDb(store);
    openTree();
  }

  private void openTree() {
    tree = new TreePipeline("channel", new TreeStore(store), state, SETTINGS, workers);
  }

  @AfterEach
  void close() {
    tree.close();
    store.close();
    workers.shutdown();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private StateUpdates updates(long block) {
    StateUpdates updates = new StateUpdates();
    for (int i = 0; i < 50; i++) {
      String key = "key" + random.nextInt(2000);
      byte[] position = ProofVerifier.position(utf8("cc"), utf8(key));
      Version version = new Version(block, i);
      if (random.nextInt(4) == 0) {
        updates.delete("cc", utf8(key), version);
        values.remove(key);
        naive.remove(position);
      } else {
        byte[] metadata = utf8(random.nextBoolean() ? "" : "policy");
        VersionedValue value =
            new VersionedValue(utf8("value" + random.nextInt()), metadata, version);
        updates.put("cc", utf8(key), value);
        values.put(key, value);
        naive.put(position, ProofVerifier.content(block, i, metadata, value.value()));
      }
    }
    updates.put(
        "cc$$pcollection",
        utf8("secret" + block),
        new VersionedValue(utf8("x"), new Version(block, 0)));
    return updates;
  }

  /** Commits a block; the tree hears of it or, as after a crash, does not. */
  private void commit(boolean tell) {
    long height = state.height() + 1;
    StateUpdates updates = updates(height - 1);
    ChangeSet changes;
    try (KeyValueBatch batch = store.batch()) {
      state.apply(updates, height, batch);
      changes = tree.prepare(updates, height, batch);
      store.write(batch, false);
    }
    roots.add(naive.root());
    if (tell) {
      tree.committed(height, changes);
    }
  }

  private void checkTree(long height) throws InterruptedException {
    assertTrue(tree.await(height, WAIT_SECONDS, TimeUnit.SECONDS), "height " + tree.status());
    assertEquals(height, tree.status().height());
    assertEquals(
        HexFormat.of().formatHex(roots.get((int) height)),
        HexFormat.of().formatHex(tree.status().root()),
        "seed " + SEED);
  }

  @Test
  void rootsFollowTheState() throws Exception {
    for (int i = 1; i <= 30; i++) {
      commit(true);
      checkTree(i);
    }
    for (int i = 29; i > 25; i--) {
      // Those since the last checkpoint are known from the next one on.
      int height = i;
      tree.root(i).ifPresent(root -> assertArrayEquals(roots.get(height), root));
    }
    assertArrayEquals(roots.get(21), tree.root(21).orElseThrow());
    assertEquals(0, tree.status().lagBlocks());
    assertEquals(naive.size(), tree.status().leaves());
  }

  @Test
  void whatItMissedItFindsAfterRestart() throws Exception {
    for (int round = 1; round <= 12; round++) {
      int blocks = 1 + random.nextInt(12);
      for (int i = 0; i < blocks; i++) {
        commit(random.nextBoolean() && tree.status().height() == state.height());
      }
      tree.close();
      openTree();
      checkTree(state.height());
    }
  }

  @Test
  void isMadeFromTheStateWhereItsRowsAreGone() throws Exception {
    for (int i = 1; i <= 20; i++) {
      commit(true);
    }
    checkTree(20);
    tree.close();
    try (KeyValueBatch batch = store.batch()) {
      batch.deleteRange("merkle", new byte[] {'c'}, new byte[] {'d'});
      store.write(batch, false);
    }
    openTree();
    checkTree(20);
    commit(true);
    checkTree(21);
  }

  @Test
  void isMadeAnewOnDemand() throws Exception {
    for (int i = 1; i <= 20; i++) {
      commit(true);
    }
    checkTree(20);
    tree.rebuild();
    commit(true);
    checkTree(21);
    assertArrayEquals(roots.get(21), tree.recentRoot(21).orElseThrow());
  }

  @Test
  void aStateThatNeverHadATreeGetsOne() throws Exception {
    StateUpdates updates = updates(0);
    try (KeyValueBatch batch = store.batch()) {
      state.apply(updates, 5, batch);
      store.write(batch, false);
    }
    tree.close();
    openTree();
    assertTrue(tree.await(5, WAIT_SECONDS, TimeUnit.SECONDS));
    assertArrayEquals(naive.root(), tree.status().root());
  }

  @Test
  void provesKeysAsTheStateHasThem() throws Exception {
    for (int i = 1; i <= 20; i++) {
      commit(true);
      List<StateKey> keys = new ArrayList<>();
      for (int k = 0; k < 20; k++) {
        keys.add(StateKey.of("cc", "key" + random.nextInt(2000)));
      }
      ProvedState proved = tree.prove(keys).get(WAIT_SECONDS, TimeUnit.SECONDS);
      assertEquals(i, proved.height());
      assertArrayEquals(roots.get(i), proved.root());
      for (ProvedState.Entry entry : proved.entries()) {
        VersionedValue value = values.get(new String(entry.key().key(), StandardCharsets.UTF_8));
        byte[] position = hasher.position("cc", entry.key().key());
        byte[] proof = entry.proof().bytes();
        if (value == null) {
          assertNull(entry.value());
          assertTrue(ProofVerifier.excludes(proved.root(), position, proof));
        } else {
          assertEquals(value, entry.value());
          byte[] content =
              ProofVerifier.content(
                  value.version().block(), value.version().tx(), value.metadata(), value.value());
          assertTrue(ProofVerifier.includes(proved.root(), position, content, proof));
        }
      }
    }
  }

  @Test
  void aClosedTreeSaysSo() {
    tree.close();
    assertThrows(MerkleException.class, () -> commit(true));
    assertThrows(MerkleException.class, () -> tree.prove(List.of(StateKey.of("cc", "a"))));
  }

  @Test
  void whatCannotBeReadIsMadeAgainAndNotServed() throws Exception {
    for (int i = 1; i <= 8; i++) {
      commit(true);
    }
    checkTree(8);
    tree.close();
    byte[] root = tree.status().root();
    try (KeyValueBatch batch = store.batch()) {
      batch.put("merkle", new byte[] {'v'}, TreeRows.savepoint(7, new byte[32]));
      store.write(batch, false);
    }
    openTree();
    checkTree(8);
    assertArrayEquals(root, tree.status().root());
    assertFalse(tree.status().rebuilding());
  }

  @Test
  void aProofFailsWithTheTree() throws Exception {
    commit(true);
    checkTree(1);
    tree.close();
    openTree();
    tree.prove(List.of(StateKey.of("cc", "a"))).get(WAIT_SECONDS, TimeUnit.SECONDS);
    commit(false);
    var asked = tree.prove(List.of(StateKey.of("cc", "a")));
    tree.close();
    assertThrows(ExecutionException.class, () -> asked.get(WAIT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void whoeverGivesUpHoldsNoSnapshot() {
    commit(false);
    StateSnapshot snapshot = state.snapshot();
    TreeQuestion question = new TreeQuestion(snapshot, List.of(StateKey.of("cc", "a")));
    assertFalse(question.closeIfAbandoned());
    question.answer().cancel(false);
    assertTrue(question.closeIfAbandoned());
    assertThrows(StateException.class, () -> snapshot.get("cc", utf8("a")));
  }
}
