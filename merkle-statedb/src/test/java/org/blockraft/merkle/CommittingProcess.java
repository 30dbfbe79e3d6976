package org.blockraft.merkle;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateDb;
import org.blockraft.state.StateUpdates;

/** Commits blocks with a tree behind them until it is killed. */
final class CommittingProcess {
  /** Small enough that pages are written early and read again, and checkpoints are never far. */
  static final TreeSettings SETTINGS = new TreeSettings(2, 1 << 20, 10, 1, 1000, 16);

  private CommittingProcess() {}

  static KeyValueStore store(Path folder) {
    return KeyValueStore.open(
        folder, List.of(StateDb.FAMILY, TreeStore.TREE, TreeStore.CHANGES), KeyValueLimits.SMALL);
  }

  public static void main(String[] arguments) {
    DeterministicBlocks blocks = new DeterministicBlocks(Long.parseLong(arguments[1]));
    ExecutorService workers = Executors.newFixedThreadPool(3);
    KeyValueStore store = store(Path.of(arguments[0]));
    StateDb state = new StateDb(store);
    TreePipeline tree = new TreePipeline("channel", new TreeStore(store), state, SETTINGS, workers);
    while (true) {
      long height = state.height() + 1;
      StateUpdates updates = blocks.updates(height - 1);
      ChangeSet changes;
      try (KeyValueBatch batch = store.batch()) {
        state.apply(updates, height, batch);
        changes = tree.prepare(updates, height, batch);
        store.write(batch, false);
      }
      tree.committed(height, changes);
    }
  }
}
