package org.blockraft.merkle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.VersionedValue;

/** Keys of which somebody wants proofs at the height of a snapshot. */
final class TreeQuestion {
  private final StateSnapshot snapshot;
  private final List<StateKey> keys;
  private final CompletableFuture<ProvedState> answer = new CompletableFuture<>();

  /**
   * @param snapshot closed by this question
   */
  TreeQuestion(StateSnapshot snapshot, List<StateKey> keys) {
    this.snapshot = snapshot;
    this.keys = List.copyOf(keys);
  }

  long height() {
    return snapshot.height();
  }

  CompletableFuture<ProvedState> answer() {
    return answer;
  }

  /** Answers from a tree; called by its thread. */
  void answer(MerkleTree tree) {
    if (closeIfAbandoned()) {
      return;
    }
    if (tree.height() != height()) {
      fail(new MerkleException("the tree is beyond height " + height()));
      return;
    }
    try {
      VersionedValue[] values = snapshot.getAll(keys);
      List<ProvedState.Entry> entries = new ArrayList<>();
      TreeHasher hasher = new TreeHasher();
      for (int i = 0; i < values.length; i++) {
        StateKey key = keys.get(i);
        byte[] position = hasher.position(key.namespace(), key.key());
        entries.add(new ProvedState.Entry(key, values[i], tree.prove(position)));
      }
      answer.complete(new ProvedState(height(), tree.root(), entries));
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    } finally {
      close();
    }
  }

  void fail(RuntimeException why) {
    answer.completeExceptionally(why);
    close();
  }

  /** Closes the question if nobody waits for its answer any more. */
  boolean closeIfAbandoned() {
    if (answer.isDone()) {
      close();
      return true;
    }
    return false;
  }

  void close() {
    snapshot.close();
  }
}
