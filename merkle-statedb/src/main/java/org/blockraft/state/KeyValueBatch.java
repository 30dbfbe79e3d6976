package org.blockraft.state;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Changes that {@link KeyValueStore#write} applies as one, in the order in which they were added.
 * Used by one thread at a time, and must be closed.
 */
public final class KeyValueBatch implements AutoCloseable {

  private final RocksInstance rocks;
  private final Lifetime store;
  private final WriteBatch batch = new WriteBatch();

  /**
   * @param store guards the families; the batch itself does not keep the store open
   */
  KeyValueBatch(RocksInstance rocks, Lifetime store) {
    this.rocks = rocks;
    this.store = store;
  }

  /** Sets a key. */
  public void put(String family, byte[] key, byte[] value) {
    add(family, handle -> batch.put(handle, key, value));
  }

  /** Removes a key; nothing happens if it does not exist. */
  public void delete(String family, byte[] key) {
    add(family, handle -> batch.delete(handle, key));
  }

  /** Removes all keys from one (included) to another (excluded). */
  public void deleteRange(String family, byte[] from, byte[] toExclusive) {
    add(family, handle -> batch.deleteRange(handle, from, toExclusive));
  }

  /** Number of changes. */
  public int count() {
    return batch.count();
  }

  /** Bytes of all changes. */
  public long sizeBytes() {
    return batch.getDataSize();
  }

  /** Empties the batch for another use. */
  public void clear() {
    batch.clear();
  }

  WriteBatch nativeBatch() {
    return batch;
  }

  @Override
  public void close() {
    batch.close();
  }

  private void add(String family, Change change) {
    store.acquire();
    try {
      change.in(rocks.family(family));
    } catch (RocksDBException failure) {
      throw new StateException("cannot add to a batch", failure);
    } finally {
      store.release();
    }
  }

  private interface Change {
    void in(ColumnFamilyHandle family) throws RocksDBException;
  }
}
