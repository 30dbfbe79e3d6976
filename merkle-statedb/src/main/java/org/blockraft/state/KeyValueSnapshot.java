package org.blockraft.state;

import java.util.List;
import org.rocksdb.Snapshot;

/**
 * All families of a store as they were at one moment. Thread-safe; closing it while it is read is
 * safe too. Holds back the removal of old values: close it soon.
 */
public final class KeyValueSnapshot implements AutoCloseable {

  private final RocksInstance rocks;
  private final Snapshot snapshot;
  private final Lifetime store;
  private final Lifetime lifetime;
  private final KeyValueReader reader;

  /**
   * @param store the store's lifetime, already acquired for this snapshot
   */
  KeyValueSnapshot(RocksInstance rocks, Snapshot snapshot, Lifetime store) {
    this.rocks = rocks;
    this.snapshot = snapshot;
    this.store = store;
    this.lifetime = new Lifetime("snapshot", this::free);
    this.reader = new KeyValueReader(rocks, snapshot, lifetime);
  }

  /** The value of the key, or null. */
  public byte[] get(String family, byte[] key) {
    return reader.get(family, key);
  }

  /** The values of the keys in the same order, null where there is none. */
  public byte[][] multiGet(String family, List<byte[]> keys) {
    return reader.multiGet(family, keys);
  }

  /** Rows of a family between two keys, see {@link KeyValueStore#iterator}. */
  public KeyValueIterator iterator(
      String family, byte[] from, byte[] toExclusive, boolean reverse) {
    return reader.iterator(family, from, toExclusive, reverse);
  }

  @Override
  public void close() {
    lifetime.close();
  }

  private void free() {
    reader.close();
    rocks.database().releaseSnapshot(snapshot);
    snapshot.close();
    store.release();
  }
}
