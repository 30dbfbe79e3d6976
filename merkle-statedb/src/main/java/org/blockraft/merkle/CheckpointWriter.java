package org.blockraft.merkle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** Writes one checkpoint at a time beside the tree's work, and prunes afterwards. */
final class CheckpointWriter {
  private final MerkleTree tree;
  private final Executor executor;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
  private volatile long written;

  CheckpointWriter(MerkleTree tree, Executor executor) {
    this.tree = tree;
    this.executor = executor;
    this.written = tree.height();
  }

  /** The height of the newest checkpoint on disk. */
  long written() {
    return written;
  }

  /**
   * Has the tree written as it is now; waits if the checkpoint before is not written yet. Called by
   * the tree's thread.
   */
  void start() {
    await();
    Checkpoint checkpoint = tree.collect();
    last = CompletableFuture.runAsync(() -> write(checkpoint), executor);
  }

  private void write(Checkpoint checkpoint) {
    tree.write(checkpoint);
    written = checkpoint.height();
    tree.prune(checkpoint.height());
  }

  /**
   * Waits until nothing is being written.
   *
   * @throws MerkleException if the last checkpoint could not be written
   */
  void await() {
    try {
      last.join();
    } catch (CompletionException e) {
      throw new MerkleException("a checkpoint could not be written", e.getCause());
    }
  }
}
