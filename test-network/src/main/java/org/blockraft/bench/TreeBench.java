package org.blockraft.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.blockraft.merkle.ChangeSet;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.merkle.TreeStore;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateDb;
import org.blockraft.state.StateUpdates;
import org.blockraft.testnet.NetworkException;

/** One store, filled with keys, and runs of the same blocks on it in different ways. */
final class TreeBench implements AutoCloseable {
  /** How a block is committed. */
  enum Mode {
    /** The state alone. */
    STATE,
    /** The state, and the tree behind it. */
    BEHIND,
    /** The state, and each block waits for its root. */
    INSIDE,
    /** The tree alone. */
    TREE,
    /** The tree alone, by one thread, each update a block of its own that waits for its root. */
    SERIAL,
    /** The paper's serial tree. */
    PAPER;

    String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a run took.
   *
   * @param perSecond updates, until all was in the store's log on disk
   * @param cpuMicros of this process for each update
   * @param lagBlocksMax that the tree was behind
   */
  record Result(Mode mode, int updates, double perSecond, double cpuMicros, long lagBlocksMax) {}

  private static final int LOAD_BLOCK = 20_000;
  private static final Duration WAIT = Duration.ofMinutes(30);
  private static final double NANOS = 1e9;

  private final TreeWorkload workload;
  private final TreeSettings settings;
  private final KeyValueStore store;
  private final StateDb state;
  private final TreeStore rows;
  private final ExecutorService workers;
  private TreePipeline tree;

  TreeBench(Path folder, TreeWorkload workload, TreeSettings settings) {
    this.workload = workload;
    this.settings = settings;
    this.store =
        KeyValueStore.open(
            folder,
            List.of(StateDb.FAMILY, TreeStore.TREE, TreeStore.CHANGES, PaperTree.FAMILY),
            KeyValueLimits.DEFAULTS);
    this.state = new StateDb(store);
    this.rows = new TreeStore(store);
    this.workers = Executors.newFixedThreadPool(settings.threads() + 1);
    open(settings);
  }

  private void open(TreeSettings with) {
    tree = new TreePipeline("bench", rows, state, with, workers);
  }

  /** Fills state and tree. */
  void load() {
    for (int from = 0; from < workload.keys(); from += LOAD_BLOCK) {
      int to = Math.min(workload.keys(), from + LOAD_BLOCK);
      commit(workload.first(from, to, state.height()), true, true);
    }
    await();
    store.flush();
  }

  private void commit(StateUpdates updates, boolean withState, boolean withTree) {
    long height = state.height() + 1;
    try (KeyValueBatch batch = store.batch()) {
      state.apply(withState ? updates : new StateUpdates(), height, batch);
      ChangeSet changes = tree.prepare(withTree ? updates : new StateUpdates(), height, batch);
      store.write(batch, false);
      tree.committed(height, changes);
    }
  }

  private void await() {
    try {
      if (!tree.await(state.height(), WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new NetworkException("the tree does not come");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkException("interrupted");
    }
  }

  Result run(Mode mode, long first, int blocks) {
    List<StateUpdates> updates = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      StateUpdates block = workload.of(first + i);
      if (mode == Mode.SERIAL) {
        block.byNamespace().forEach((name, keys) -> split(name, keys, updates));
      } else {
        updates.add(block);
      }
    }
    int count = updates.stream().mapToInt(StateUpdates::size).sum();
    tree.close();
    open(mode == Mode.SERIAL ? oneThread() : settings);
    await();
    PaperTree paper = new PaperTree(store);
    long lag = 0;
    ProcessCpu before = ProcessCpu.of(ProcessHandle.current().pid());
    long start = System.nanoTime();
    for (StateUpdates block : updates) {
      switch (mode) {
        case STATE -> commit(block, true, false);
        case BEHIND -> commit(block, true, true);
        case TREE -> commit(block, false, true);
        case INSIDE -> {
          commit(block, true, true);
          await();
        }
        case SERIAL -> {
          commit(block, false, true);
          await();
        }
        case PAPER ->
            block.of("wallet").forEach((key, update) -> paper.put(key, update.value().value()));
        default -> throw new IllegalStateException(mode.name());
      }
      lag = Math.max(lag, state.height() - tree.status().height());
    }
    await();
    store.syncLog();
    long nanos = System.nanoTime() - start;
    ProcessCpu used = ProcessCpu.of(ProcessHandle.current().pid()).since(before);
    return new Result(mode, count, count * NANOS / nanos, (double) used.total() / count, lag);
  }

  private TreeSettings oneThread() {
    return new TreeSettings(
        1,
        settings.cacheBytes(),
        settings.checkpointBlocks(),
        settings.checkpointsKept(),
        settings.rootsKept(),
        settings.lagBlocksMax());
  }

  private static void split(
      String name, NavigableMap<byte[], StateUpdates.Update> keys, List<StateUpdates> into) {
    keys.forEach(
        (key, update) -> {
          StateUpdates one = new StateUpdates();
          one.put(name, key, update.value());
          into.add(one);
        });
  }

  @Override
  public void close() {
    tree.close();
    workers.shutdown();
    store.close();
  }
}
