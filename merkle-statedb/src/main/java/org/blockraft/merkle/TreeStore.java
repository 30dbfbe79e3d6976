package org.blockraft.merkle;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;

/**
 * The tree's rows in the store of its channel, beside the state: pages, the hashes at their tops,
 * roots, the savepoint, and the changes of blocks that no stored tree includes yet. Rows of the
 * tree carry the height of the checkpoint that wrote them and are never changed; a checkpoint is
 * there once the savepoint says so. Safe for use by many threads.
 */
public final class TreeStore implements Shard.PageSource {
  /** Family of the tree's rows; open the store with it. */
  public static final String TREE = "merkle";

  /** Family of blocks' changes; open the store with it. */
  public static final String CHANGES = "merkle.changes";

  /** Larger writes would hold up a commit that waits for its turn. */
  private static final long BATCH_BYTES = 512 << 10;

  private static final int HASH = TreeHasher.HASH_BYTES;

  private final KeyValueStore store;
  private final AtomicLong written = new AtomicLong();

  /**
   * @param store with both families
   */
  public TreeStore(KeyValueStore store) {
    this.store = store;
  }

  /** The newest checkpoint. */
  record Savepoint(long height, byte[] root) {}

  Optional<Savepoint> savepoint() {
    byte[] row = store.get(TREE, TreeRows.SAVEPOINT);
    if (row == null) {
      return Optional.empty();
    }
    if (row.length != Long.BYTES + HASH) {
      throw new MerkleException("corrupt savepoint");
    }
    return Optional.of(
        new Savepoint(
            ByteBuffer.wrap(row).getLong(), Arrays.copyOfRange(row, Long.BYTES, row.length)));
  }

  /** Adds a block's changes to the batch that writes its state. */
  public void addChanges(long height, ChangeSet changes, KeyValueBatch into) {
    into.put(CHANGES, TreeRows.height(height), changes.bytes());
  }

  /** Whether there are the changes of all blocks that lead from one height to another. */
  boolean hasChanges(long from, long to) {
    long found = 0;
    try (KeyValueIterator rows =
        store.iterator(CHANGES, TreeRows.height(from + 1), TreeRows.height(to + 1), false)) {
      while (rows.next()) {
        found++;
      }
    }
    return found == to - from;
  }

  /** The changes of a block that no checkpoint includes. */
  Optional<ChangeSet> changes(long height) {
    return Optional.ofNullable(store.get(CHANGES, TreeRows.height(height))).map(ChangeSet::parse);
  }

  /** The shard as the newest checkpoint up to a height has it. */
  Optional<StoredShard> shard(int shard, long height) {
    Optional<byte[]> key = newest(TreeRows.shard(shard, 0), TreeRows.shard(shard, height + 1));
    return key.map(
        found -> {
          ByteBuffer value = ByteBuffer.wrap(required(found));
          int levels = value.get();
          long leaves = value.getLong();
          byte[] root = new byte[HASH];
          value.get(root);
          return withChunks(shard, TreeRows.height(found), height, levels, leaves, root);
        });
  }

  private Optional<byte[]> newest(byte[] from, byte[] toExclusive) {
    try (KeyValueIterator rows = store.iterator(TREE, from, toExclusive, true)) {
      return rows.next() ? Optional.of(rows.key()) : Optional.empty();
    }
  }

  private byte[] required(byte[] key) {
    byte[] value = store.get(TREE, key);
    if (value == null) {
      throw new MerkleException("a row of the tree is missing");
    }
    return value;
  }

  private StoredShard withChunks(
      int shard, long changedAt, long height, int levels, long leaves, byte[] root) {
    int pages = 1 << levels;
    byte[] roots = new byte[pages * HASH];
    long[] storedAt = new long[pages];
    long[] chunksAt = new long[ShardChanges.chunksOf(pages)];
    byte[] prefix = TreeRows.chunks(shard, levels);
    try (KeyValueIterator rows = store.iterator(TREE, prefix, TreeRows.end(prefix), false)) {
      while (rows.next()) {
        byte[] key = rows.key();
        int chunk = TreeRows.chunkNumber(key);
        if (TreeRows.height(key) > height) {
          continue;
        }
        int first = chunk * ShardChanges.CHUNK_PAGES;
        int count = Math.min(ShardChanges.CHUNK_PAGES, pages - first);
        ByteBuffer value = ByteBuffer.wrap(rows.value());
        if (count <= 0 || value.remaining() != count * (HASH + Long.BYTES)) {
          throw new MerkleException("corrupt hashes of shard " + shard);
        }
        chunksAt[chunk] = TreeRows.height(key);
        value.get(roots, first * HASH, count * HASH);
        for (int i = first; i < first + count; i++) {
          storedAt[i] = value.getLong();
        }
      }
    }
    return new StoredShard(changedAt, levels, leaves, root, roots, storedAt, chunksAt);
  }

  @Override
  public List<byte[]> load(int shard, int levels, int[] numbers, long[] storedAt) {
    List<byte[]> keys = new ArrayList<>(numbers.length);
    for (int i = 0; i < numbers.length; i++) {
      keys.add(TreeRows.page(shard, levels, numbers[i], storedAt[i]));
    }
    byte[][] pages = store.multiGet(TREE, keys);
    for (byte[] page : pages) {
      if (page == null || page.length == 0 || page.length % ChangeSet.ENTRY_BYTES != 0) {
        throw new MerkleException("a page of shard " + shard + " is missing or corrupt");
      }
    }
    return Arrays.asList(pages);
  }

  /** The root at a height, if it was computed and is kept. */
  public Optional<byte[]> root(long height) {
    return Optional.ofNullable(store.get(TREE, TreeRows.root(height)));
  }

  /** Bytes of rows written since the store was opened. */
  long writtenBytes() {
    return written.get();
  }

  /** Writes rows of a checkpoint that is not there yet. */
  void write(List<ShardChanges.Row> rows) {
    try (KeyValueBatch batch = store.batch()) {
      batch.put(TREE, TreeRows.UNFINISHED, TreeRows.UNFINISHED);
      for (ShardChanges.Row row : rows) {
        batch.put(TREE, row.key(), row.value());
        written.addAndGet(row.key().length + row.value().length);
        if (batch.sizeBytes() > BATCH_BYTES) {
          store.write(batch, false);
          batch.clear();
        }
      }
      store.write(batch, false);
    }
  }

  /** Notes which rows a checkpoint makes useless once no older one is kept. */
  void addStale(long height, ShardChanges shard) {
    if (shard.stale().isEmpty()) {
      return;
    }
    try (KeyValueBatch batch = store.batch()) {
      byte[] key = TreeRows.stale(height, shard.shard());
      batch.put(TREE, key, TreeRows.keys(shard.stale()));
      store.write(batch, false);
    }
  }

  /** Makes a checkpoint valid whose rows are all written, and lets go of what it makes useless. */
  void finish(Checkpoint checkpoint, long oldestRoot) {
    try (KeyValueBatch batch = store.batch()) {
      for (Checkpoint.Root root : checkpoint.roots()) {
        batch.put(TREE, TreeRows.root(root.height()), root.hash());
      }
      if (oldestRoot > 0) {
        batch.deleteRange(TREE, TreeRows.root(0), TreeRows.root(oldestRoot));
      }
      batch.deleteRange(CHANGES, TreeRows.height(0), TreeRows.height(checkpoint.height() + 1));
      batch.put(
          TREE, TreeRows.SAVEPOINT, TreeRows.savepoint(checkpoint.height(), checkpoint.root()));
      batch.delete(TREE, TreeRows.UNFINISHED);
      store.write(batch, false);
    }
  }

  /** Removes rows that only checkpoints before a height need; returns how many. */
  long prune(long oldestKept) {
    long removed = 0;
    byte[] first = TreeRows.stale(0);
    byte[] end = TreeRows.stale(oldestKept + 1);
    try (KeyValueIterator rows = store.iterator(TREE, first, end, false)) {
      while (rows.next()) {
        try (KeyValueBatch batch = store.batch()) {
          List<byte[]> keys = TreeRows.keys(rows.value());
          keys.forEach(key -> batch.delete(TREE, key));
          batch.delete(TREE, rows.key());
          store.write(batch, false);
          removed += keys.size();
        }
      }
    }
    return removed;
  }

  /** Removes what an unfinished checkpoint has left behind a height. */
  void removeUnfinished(long savepoint) {
    if (store.get(TREE, TreeRows.UNFINISHED) == null) {
      return;
    }
    try (KeyValueIterator rows = store.iterator(TREE, new byte[0], new byte[0], false);
        KeyValueBatch batch = store.batch()) {
      while (rows.next()) {
        byte[] key = rows.key();
        if (key.length > Long.BYTES && TreeRows.height(key) > savepoint) {
          batch.delete(TREE, key);
        }
        if (batch.sizeBytes() > BATCH_BYTES) {
          store.write(batch, false);
          batch.clear();
        }
      }
      batch.delete(TREE, TreeRows.UNFINISHED);
      store.write(batch, false);
    }
  }

  /** Removes the tree with all that belongs to it, but not the changes of blocks. */
  void removeTree() {
    try (KeyValueBatch batch = store.batch()) {
      batch.deleteRange(TREE, new byte[] {0}, new byte[] {(byte) 0xFF});
      store.write(batch, false);
    }
  }
}
