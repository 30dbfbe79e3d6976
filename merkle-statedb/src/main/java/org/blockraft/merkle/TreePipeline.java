package org.blockraft.merkle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.StateDb;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.StateUpdates;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tree of one channel behind its state. Invariant: roots appear in order of height, and
 * the root at a height is a function of the state at that height. Commits run ahead of the tree by
 * a bounded number of blocks and then wait.
 *
 * <p>The changes of a block are written together with its state, so whatever is lost with the
 * process, the tree finds the way from its newest checkpoint to the state. A thread of its own
 * works on the tree; when it is behind it takes several blocks at once.
 */
public final class TreePipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TreePipeline.class);

  /**
   * Heights whose roots are always there, however far the tree is behind: blocks in between may be
   * taken at once. Nodes of a cluster compare their roots at these.
   */
  public static final int ROUND_BLOCKS = 16;

  /** Times that a proof is begun anew because a block came in between. */
  private static final int PROOF_ATTEMPTS = 10;

  private static final long CLOSE_SECONDS = 30;
  private static final long IDLE_MILLIS = 1000;

  private final String name;
  private final TreeStore store;
  private final StateDb state;
  private final TreeSettings settings;
  private final Executor workers;
  private final PendingChanges pending;
  private final RecentRoots recent = new RecentRoots();
  private final TreeHasher hasher = new TreeHasher();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final List<TreeQuestion> questions = new ArrayList<>();
  private final Thread thread;
  private long stateHeight;
  private long changed;
  private volatile boolean rebuilding;
  private boolean rebuildWanted;
  private boolean closed;
  private RuntimeException failed;
  private volatile TreeStatus status;

  /**
   * Starts at once.
   *
   * @param name of the channel, for logs
   * @param state in the same store as the tree
   * @param workers threads for the tree and its checkpoints, shared by all channels; at least two
   */
  public TreePipeline(
      String name, TreeStore store, StateDb state, TreeSettings settings, Executor workers) {
    this.name = name;
    this.store = store;
    this.state = state;
    this.settings = settings;
    this.workers = workers;
    this.pending = new PendingChanges(store);
    this.stateHeight = state.height();
    this.status = nothingYet();
    this.thread = Thread.ofPlatform().name("merkle-" + name).daemon().start(this::run);
  }

  private TreeStatus nothingYet() {
    byte[] none = new byte[TreeHasher.HASH_BYTES];
    return new TreeStatus(0, none, stateHeight, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);
  }

  /**
   * Adds a block's changes of the tree to the batch that writes its state. Called by the thread
   * that commits, as is {@link #committed}.
   */
  public ChangeSet prepare(StateUpdates updates, long height, KeyValueBatch into) {
    ChangeSet changes = ChangeSet.of(updates, hasher);
    store.addChanges(height, changes, into);
    return changes;
  }

  /**
   * The batch is written. Waits while the tree is too far behind.
   *
   * @throws MerkleException if the tree cannot go on
   */
  public void committed(long height, ChangeSet changes) {
    lock.lock();
    try {
      pending.add(height, changes, System.nanoTime());
      stateHeight = height;
      work.signal();
      while (failed == null
          && !closed
          && !rebuilding
          && height - status.height() > settings.lagBlocksMax()) {
        progress.awaitUninterruptibly();
      }
      if (failed != null) {
        throw new MerkleException("the tree of " + name + " has stopped", failed);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Where the tree stands. */
  public TreeStatus status() {
    lock.lock();
    try {
      TreeStatus last = status;
      return new TreeStatus(
          last.height(),
          last.root(),
          stateHeight,
          pending.oldestNanos(System.nanoTime()),
          last.leaves(),
          last.checkpoint(),
          last.changed(),
          last.hashed(),
          last.pageHits(),
          last.pageMisses(),
          last.writtenBytes(),
          last.cachedBytes(),
          rebuilding);
    } finally {
      lock.unlock();
    }
  }

  /** The root at a height; empty if it is not known yet, or not any more, or never was. */
  public Optional<byte[]> root(long height) {
    return recent.get(height).or(() -> store.root(height));
  }

  /** The root at a height that was reached not long ago; never reads from disk. */
  public Optional<byte[]> recentRoot(long height) {
    return recent.get(height);
  }

  /** Has the tree made anew from the state, since it is not what it should be. */
  public void rebuild() {
    lock.lock();
    try {
      rebuildWanted = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the tree includes a height; false if it does not in time. */
  public boolean await(long height, long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lock();
    try {
      while (status.height() < height && failed == null && !closed && left > 0) {
        left = progress.awaitNanos(left);
      }
      return status.height() >= height;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has keys proved as the state has them now; done once the tree is there.
   *
   * @return fails with a {@link MerkleException} if the tree cannot answer
   * @throws MerkleException if the tree has stopped
   */
  public CompletableFuture<ProvedState> prove(List<StateKey> keys) {
    for (int attempt = 0; attempt < PROOF_ATTEMPTS; attempt++) {
      TreeQuestion question = new TreeQuestion(state.snapshot(), keys);
      boolean asked = false;
      try {
        asked = ask(question);
      } finally {
        if (!asked) {
          question.close();
        }
      }
      if (asked) {
        return question.answer();
      }
    }
    return CompletableFuture.failedFuture(
        new MerkleException("blocks come too fast for a proof of " + name));
  }

  private boolean ask(TreeQuestion question) {
    lock.lock();
    try {
      if (failed != null || closed) {
        throw new MerkleException("the tree of " + name + " has stopped", failed);
      }
      if (status.height() > question.height()) {
        return false;
      }
      // Who has given up must not hold a snapshot for as long as the tree is behind.
      questions.removeIf(TreeQuestion::closeIfAbandoned);
      questions.add(question);
      work.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      MerkleTree tree = open();
      while (follow(tree)) {
        tree = fromState();
      }
    } catch (RuntimeException e) {
      LOG.error("The Merkle tree of channel {} has stopped", name, e);
      fail(e);
    } finally {
      fail(new MerkleException("the tree of " + name + " is closed"));
    }
  }

  /** Keeps a tree behind the state; true if it is to be made anew, false at the end. */
  private boolean follow(MerkleTree tree) {
    CheckpointWriter writer = new CheckpointWriter(tree, workers);
    if (rebuilding) {
      writer.start();
    }
    recent.add(tree.height(), tree.root());
    publish(tree, writer);
    boolean anew = false;
    while (!anew && awaitWork(tree)) {
      answer(tree);
      step(tree, writer);
      answer(tree);
      anew = isRebuildWanted();
    }
    writer.await();
    return anew;
  }

  private boolean isRebuildWanted() {
    lock.lock();
    try {
      return rebuildWanted;
    } finally {
      lock.unlock();
    }
  }

  private MerkleTree open() {
    try {
      MerkleTree tree = MerkleTree.open(store, settings, workers);
      long height = state.height();
      if (tree.height() <= height && store.hasChanges(tree.height(), height)) {
        return tree;
      }
      LOG.warn(
          "The Merkle tree of channel {} ends at height {}, its state at {}",
          name,
          tree.height(),
          height);
    } catch (MerkleException e) {
      LOG.error("The Merkle tree of channel {} is of no use", name, e);
    }
    return fromState();
  }

  /** Makes the tree anew from all keys of the state. */
  private MerkleTree fromState() {
    rebuilding = true;
    LOG.info("Making the Merkle tree of channel {} from its state", name);
    lock.lock();
    try {
      rebuildWanted = false;
    } finally {
      lock.unlock();
    }
    recent.clear();
    store.removeTree();
    MerkleTree tree = MerkleTree.open(store, settings, workers);
    try (StateSnapshot snapshot = state.snapshot()) {
      tree.load(snapshot);
    }
    LOG.info(
        "The Merkle tree of channel {} has {} leaves at height {}",
        name,
        tree.leaves(),
        tree.height());
    return tree;
  }

  private boolean awaitWork(MerkleTree tree) {
    lock.lock();
    try {
      while (!closed && !rebuildWanted && questions.isEmpty() && tree.height() >= stateHeight) {
        work.await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Brings the tree forward by a block, or by several if it is behind. */
  private void step(MerkleTree tree, CheckpointWriter writer) {
    long from = tree.height();
    List<ChangeSet> blocks = new ArrayList<>();
    long to;
    lock.lock();
    try {
      long round = (from / ROUND_BLOCKS + 1) * ROUND_BLOCKS;
      to = Math.min(Math.min(stateHeight, round), settings.checkpointAfter(from));
      for (TreeQuestion question : questions) {
        to = Math.min(to, Math.max(from, question.height()));
      }
      for (long height = from + 1; height <= to; height++) {
        blocks.add(pending.take(height));
      }
    } finally {
      lock.unlock();
    }
    if (to > from) {
      // Outside the lock: commits go on meanwhile.
      ChangeSet changes = blocks.stream().reduce(ChangeSet.EMPTY, ChangeSet::then);
      tree.apply(changes, to);
      recent.add(to, tree.root());
      changed += changes.size();
      if (tree.isAtCheckpoint()) {
        writer.start();
      }
      publish(tree, writer);
    }
  }

  private void publish(MerkleTree tree, CheckpointWriter writer) {
    lock.lock();
    try {
      pending.forget(tree.height());
      rebuilding = false;
      status =
          new TreeStatus(
              tree.height(),
              tree.root(),
              stateHeight,
              0,
              tree.leaves(),
              writer.written(),
              changed,
              tree.hashed(),
              tree.pageHits(),
              tree.pageMisses(),
              store.writtenBytes(),
              tree.cachedBytes(),
              false);
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void answer(MerkleTree tree) {
    List<TreeQuestion> due = new ArrayList<>();
    lock.lock();
    try {
      questions.removeIf(question -> question.height() <= tree.height() && due.add(question));
    } finally {
      lock.unlock();
    }
    due.forEach(question -> question.answer(tree));
  }

  private void fail(RuntimeException why) {
    List<TreeQuestion> left;
    lock.lock();
    try {
      if (failed == null) {
        failed = why;
      }
      left = List.copyOf(questions);
      questions.clear();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    left.forEach(question -> question.fail(why));
  }

  /** Ends the work; the rest is done when the tree is opened again. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      if (!thread.join(Duration.ofSeconds(CLOSE_SECONDS))) {
        LOG.warn("The Merkle tree of channel {} does not end", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
