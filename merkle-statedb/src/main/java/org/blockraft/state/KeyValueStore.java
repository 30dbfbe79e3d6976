package org.blockraft.state;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One RocksDB database with named families of byte keys in unsigned order; one per channel. Writes
 * are atomic over all families and are logged; the log reaches the disk when the writer asks for
 * it, at {@link #syncLog()} and at {@link #flush()}. What was written survives the death of the
 * process in every case.
 *
 * <p>Thread-safe. Readers never wait for writers. Every call throws {@link StateException} if the
 * engine fails or the store is closed.
 */
public final class KeyValueStore implements AutoCloseable {

  /** Family that every store has; holds a few facts about the store. */
  public static final String DEFAULT_FAMILY = "default";

  /** How long closing waits for snapshots and iterators that are still in use. */
  private static final long CLOSE_WAIT_SECONDS = 10;

  private static final Logger log = LoggerFactory.getLogger(KeyValueStore.class);

  private final Path directory;
  private final RocksInstance rocks;
  private final KeyValueReader reader;
  private final Lifetime lifetime;
  private final Runnable afterClose;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final WriteOptions unsynced = new WriteOptions().setSync(false);

  private KeyValueStore(Path directory, RocksInstance rocks, Runnable afterClose) {
    this.directory = directory;
    this.rocks = rocks;
    this.afterClose = afterClose;
    this.lifetime = new Lifetime("store " + directory, this::free);
    this.reader = new KeyValueReader(rocks, null, lifetime);
  }

  /** Opens or creates a store with a block cache of its own. */
  public static KeyValueStore open(Path directory, List<String> families, KeyValueLimits limits) {
    KeyValueCache cache = new KeyValueCache(limits.cacheBytes());
    try {
      return new KeyValueStore(
          directory, RocksInstance.open(directory, families, limits, cache), cache::close);
    } catch (StateException failure) {
      cache.close();
      throw failure;
    }
  }

  /** Opens or creates a store that uses a cache which the caller closes later. */
  public static KeyValueStore open(
      Path directory, List<String> families, KeyValueLimits limits, KeyValueCache shared) {
    return new KeyValueStore(
        directory, RocksInstance.open(directory, families, limits, shared), () -> {});
  }

  /** The value of the key, or null. */
  public byte[] get(String family, byte[] key) {
    return reader.get(family, key);
  }

  /** The values of the keys in the same order, null where there is none. */
  public byte[][] multiGet(String family, List<byte[]> keys) {
    return reader.multiGet(family, keys);
  }

  /**
   * Rows of a family between two keys as they are now; later writes are not seen.
   *
   * @param from first key, empty for the first of the family
   * @param toExclusive key behind the last, empty for the end of the family
   * @param reverse whether to start at the end
   */
  public KeyValueIterator iterator(
      String family, byte[] from, byte[] toExclusive, boolean reverse) {
    return reader.iterator(family, from, toExclusive, reverse);
  }

  /** A new, empty batch. */
  public KeyValueBatch batch() {
    return new KeyValueBatch(rocks, lifetime);
  }

  /**
   * Writes the batch as one. The batch stays as it is; its owner closes it.
   *
   * @param sync whether to return only when the log is on the disk
   */
  public void write(KeyValueBatch batch, boolean sync) {
    guarded(
        "write",
        () -> {
          rocks.database().write(sync ? synced : unsynced, batch.nativeBatch());
          return null;
        });
  }

  /** A view of all families as they are now. */
  public KeyValueSnapshot snapshot() {
    lifetime.acquire();
    Snapshot snapshot = rocks.database().getSnapshot();
    return new KeyValueSnapshot(rocks, snapshot, lifetime);
  }

  /** Brings the log to the disk: everything written before this call is durable afterwards. */
  public void syncLog() {
    guarded(
        "sync of the log",
        () -> {
          rocks.database().flushWal(true);
          return null;
        });
  }

  /** Brings all write buffers to table files, so that the log can be dropped. */
  public void flush() {
    guarded(
        "flush",
        () -> {
          try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            List<ColumnFamilyHandle> all = rocks.handles();
            rocks.database().flush(wait, all);
          }
          return null;
        });
  }

  /** Bytes of table files on disk, about. */
  public long diskBytes() {
    return guarded(
        "property",
        () -> rocks.database().getAggregatedLongProperty("rocksdb.total-sst-files-size"));
  }

  /** Closes the store, after waiting a bounded time for those who still read. */
  @Override
  public void close() {
    lifetime.close();
    if (!lifetime.awaitFreed(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
      log.warn("Store {} is still being read; its last reader will close it", directory);
    }
  }

  private void free() {
    reader.close();
    rocks.close();
    synced.close();
    unsynced.close();
    afterClose.run();
  }

  private <T> T guarded(String what, Operation<T> operation) {
    lifetime.acquire();
    try {
      return operation.run();
    } catch (RocksDBException failure) {
      throw new StateException(what + " failed in " + directory, failure);
    } finally {
      lifetime.release();
    }
  }

  private interface Operation<T> {
    T run() throws RocksDBException;
  }
}
