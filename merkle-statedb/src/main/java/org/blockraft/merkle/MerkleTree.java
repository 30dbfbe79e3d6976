package org.blockraft.merkle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.blockraft.state.StateSnapshot;

/**
 * A sparse binary Merkle tree over the state of one channel. What its root is depends on the leaves
 * alone: not on the order in which they came, nor on the number of threads, pages or past states.
 * See {@code docs/merkle.md} for the hashes.
 *
 * <p>One thread at a time works with the tree; it has shards updated by others in parallel.
 */
public final class MerkleTree {
  /** Subtrees that are updated independently. */
  static final int SHARDS = 1 << Shard.SHARD_BITS;

  /** Fewer changes than this are not worth waking other threads. */
  private static final int PARALLEL_MIN = 64;

  /** Of a shard's share of the cache, what may be waiting for the next checkpoint. */
  private static final int DIRTY_PART = 2;

  /** Entries that are taken in at once when the tree is made from the state. */
  private static final int LOAD_BYTES = ChangeSet.ENTRY_BYTES << 16;

  private static final int HASH = TreeHasher.HASH_BYTES;

  private final TreeStore store;
  private final TreeSettings settings;
  private final Executor workers;
  private final Shard[] shards = new Shard[SHARDS];

  /** Above the shards. */
  private final HashTree top = new HashTree(0, Shard.SHARD_BITS);

  private final TreeHasher[] hashers;
  private final List<Checkpoint.Root> roots = new ArrayList<>();
  private long height;
  private long hashed;

  /** The checkpoint that is being written; its pages cannot be read back yet. */
  private volatile long writing;

  private MerkleTree(TreeStore store, TreeSettings settings, Executor workers) {
    this.store = store;
    this.settings = settings;
    this.workers = workers;
    this.hashers = new TreeHasher[settings.threads()];
    Arrays.setAll(hashers, i -> new TreeHasher());
    Arrays.setAll(shards, i -> new Shard(i, store));
  }

  /**
   * The tree as its newest checkpoint has it; empty, at height 0, if there is none.
   *
   * @param workers threads for shards; may be shared by trees
   * @throws MerkleException if the rows do not give the root that they should
   */
  public static MerkleTree open(TreeStore store, TreeSettings settings, Executor workers) {
    MerkleTree tree = new MerkleTree(store, settings, workers);
    Optional<TreeStore.Savepoint> savepoint = store.savepoint();
    store.removeUnfinished(savepoint.map(TreeStore.Savepoint::height).orElse(0L));
    savepoint.ifPresent(tree::restore);
    return tree;
  }

  private void restore(TreeStore.Savepoint savepoint) {
    height = savepoint.height();
    forEach(
        SHARDS,
        (worker, i) ->
            store.shard(i, height).ifPresent(stored -> shards[i].restore(stored, hashers[worker])));
    for (int i = 0; i < SHARDS; i++) {
      shards[i].root(top.hashes(), top.at(i));
    }
    top.rehash(hashers[0]);
    if (!Arrays.equals(root(), savepoint.root())) {
      throw new MerkleException("the rows of the tree do not give its root");
    }
  }

  /** Number of blocks whose changes the tree includes. */
  public long height() {
    return height;
  }

  /** The root; zeros if there are no leaves. */
  public byte[] root() {
    return top.root();
  }

  /** Number of leaves. */
  public long leaves() {
    return Arrays.stream(shards).mapToLong(Shard::leaves).sum();
  }

  /** Hashes computed above pages since the tree was opened. */
  public long hashed() {
    return hashed;
  }

  /** Pages that were in memory when they were needed. */
  public long pageHits() {
    return Arrays.stream(shards).mapToLong(Shard::hits).sum();
  }

  /** Pages that had to be read. */
  public long pageMisses() {
    return Arrays.stream(shards).mapToLong(Shard::misses).sum();
  }

  /** Bytes of pages in memory. */
  public long cachedBytes() {
    return Arrays.stream(shards).mapToLong(Shard::cachedBytes).sum();
  }

  /**
   * Changes leaves; of several blocks together, if {@code to} is more than one above the height.
   *
   * @param to the height afterwards, which must not be behind the next checkpoint's
   */
  public void apply(ChangeSet changes, long to) {
    long checkpoint = settings.checkpointAfter(height);
    if (to <= height || to > checkpoint) {
      throw new IllegalArgumentException("from height " + height + " to " + to);
    }
    change(changes, checkpoint);
    height = to;
    roots.add(new Checkpoint.Root(to, root()));
  }

  /** Takes in the whole state at once; the tree must be empty. A checkpoint is due afterwards. */
  void load(StateSnapshot snapshot) {
    TreeHasher hasher = hashers[0];
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    byte[] entry = new byte[ChangeSet.ENTRY_BYTES];
    try (StateSnapshot.FullScan scan = snapshot.scan()) {
      while (scan.next()) {
        if (ChangeSet.isInTree(scan.namespace())) {
          byte[] name = scan.namespace().getBytes(StandardCharsets.UTF_8);
          hasher.position(name, scan.entry().key(), entry, 0);
          hasher.content(scan.entry().value(), entry, HASH);
          entries.writeBytes(entry);
        }
        if (entries.size() >= LOAD_BYTES) {
          change(ChangeSet.sorted(entries.toByteArray()), snapshot.height());
          entries.reset();
        }
      }
    }
    change(ChangeSet.sorted(entries.toByteArray()), snapshot.height());
    height = snapshot.height();
    roots.add(new Checkpoint.Root(height, root()));
  }

  private void change(ChangeSet changes, long checkpoint) {
    int[] starts = new int[SHARDS + 1];
    Arrays.setAll(starts, changes::firstAt);
    int[] touched = new int[SHARDS];
    int count = 0;
    for (int i = 0; i < SHARDS; i++) {
      if (starts[i] < starts[i + 1]) {
        touched[count++] = i;
      }
    }
    long[] counts = new long[hashers.length];
    Task task =
        (worker, i) -> {
          int shard = touched[i];
          counts[worker] +=
              shards[shard].apply(
                  changes.bytes(), starts[shard], starts[shard + 1], hashers[worker]);
          limit(shards[shard], checkpoint);
        };
    if (changes.size() < PARALLEL_MIN) {
      for (int i = 0; i < count; i++) {
        task.run(0, i);
      }
    } else {
      forEach(count, task);
    }
    for (int i = 0; i < count; i++) {
      shards[touched[i]].root(top.hashes(), top.at(touched[i]));
    }
    hashed += Arrays.stream(counts).sum() + top.rehash(touched, count, hashers[0]);
  }

  /** Keeps a shard within its share of the cache. */
  private void limit(Shard shard, long checkpoint) {
    long share = settings.cacheBytes() / SHARDS;
    if (shard.dirtyBytes() > share / DIRTY_PART) {
      store.write(shard.takeDirty(checkpoint));
    }
    shard.evict(share, writing);
  }

  /** Work for the i-th of several things, by a worker that does one thing at a time. */
  private interface Task {
    void run(int worker, int i);
  }

  /**
   * Does things in parallel, and returns when all are done. Threads that come too late find nothing
   * left to do: a busy pool makes it slower, not stuck.
   */
  private void forEach(int count, Task task) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    Phaser busy = new Phaser(1);
    IntConsumer loop =
        worker -> {
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              task.run(worker, i);
            }
          } catch (RuntimeException | Error e) {
            failed.compareAndSet(null, e);
            next.set(count);
          }
        };
    for (int worker = 1; worker < hashers.length; worker++) {
      int number = worker;
      workers.execute(
          () -> {
            busy.register();
            loop.accept(number);
            busy.arriveAndDeregister();
          });
    }
    loop.accept(0);
    busy.arriveAndAwaitAdvance();
    if (failed.get() != null) {
      throw new MerkleException("shards could not be updated", failed.get());
    }
  }

  /** Whether the tree is at a height at which it is to be written. */
  public boolean isAtCheckpoint() {
    return height > 0 && height % settings.checkpointBlocks() == 0;
  }

  /**
   * What has changed since the last checkpoint; the tree may change while another thread gives it
   * to {@link #write}.
   */
  Checkpoint collect() {
    if (writing != 0) {
      throw new IllegalStateException("a checkpoint is still being written");
    }
    writing = height;
    List<ShardChanges> changes = new ArrayList<>();
    for (Shard shard : shards) {
      if (shard.hasChanged()) {
        changes.add(shard.collect(height));
      }
    }
    Checkpoint checkpoint = new Checkpoint(height, root(), changes, List.copyOf(roots));
    roots.clear();
    return checkpoint;
  }

  /** Writes a checkpoint; may be called by another thread, once for each. */
  void write(Checkpoint checkpoint) {
    for (ShardChanges shard : checkpoint.shards()) {
      store.write(shard.rows());
      store.addStale(checkpoint.height(), shard);
    }
    store.finish(checkpoint, checkpoint.height() - settings.rootsKept());
    writing = 0;
  }

  /** Removes what no checkpoint that is kept needs. */
  long prune(long newestCheckpoint) {
    long kept = (long) settings.checkpointsKept() * settings.checkpointBlocks();
    return newestCheckpoint > kept ? store.prune(newestCheckpoint - kept) : 0;
  }

  /** The leaf at a position, or the one that stands where it would be, and the way to the root. */
  public LeafProof prove(byte[] position) {
    LeafProof.Builder proof = new LeafProof.Builder();
    shards[top.descend(position, proof)].prove(position, hashers[0], proof);
    return proof.build();
  }

  /**
   * All leaves whose positions begin with some bits, and the way from above them to the root.
   *
   * @param bits of {@code prefix} that count
   * @return empty if there are more than {@code leavesMax}
   */
  public Optional<RangeProof> range(byte[] prefix, int bits, int leavesMax) {
    byte[] first = RangeProof.firstPosition(prefix, bits);
    LeafProof way = prove(first);
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    int known = Math.min(bits, Shard.SHARD_BITS);
    int from = EntryOrder.bits(first, 0, 0, known) << (Shard.SHARD_BITS - known);
    int bytesMax = Math.multiplyExact(leavesMax, ChangeSet.ENTRY_BYTES);
    for (int i = from; i < from + (1 << (Shard.SHARD_BITS - known)); i++) {
      if (!shards[i].range(first, bits, entries, bytesMax)) {
        return Optional.empty();
      }
    }
    return Optional.of(RangeProof.of(bits, way, entries.toByteArray()));
  }
}
