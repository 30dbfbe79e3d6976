package org.blockraft.state;

import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Changes that {@link KeyValueStore#write} applies as one, in the order in which they were added.
 * Used by one thread at a time, and must be closed.
 */
public final class KeyValueBatch implements AutoCloseable {

  private final RocksInstance rocks;
  private final WriteBatch batch = new WriteBatch();

  KeyValueBatch(RocksInstance rocks) {
    this.rocks = rocks;
  }

  /** Sets a key. */
  public void put(String family, byte[] key, byte[] value) {
    try {
      batch.put(rocks.family(family), key, value);
    } catch (RocksDBException failure) {
      throw new StateException("cannot add to a batch", failure);
    }
  }

  /** Removes a key; nothing happens if it does not exist. */
  public void delete(String family, byte[] key) {
    try {
      batch.delete(rocks.family(family), key);
    } catch (RocksDBException failure) {
      throw new StateException("cannot add to a batch", failure);
    }
  }

  /** Removes all keys from one (included) to another (excluded). */
  public void deleteRange(String family, byte[] from, byte[] toExclusive) {
    try {
      batch.deleteRange(rocks.family(family), from, toExclusive);
    } catch (RocksDBException failure) {
      throw new StateException("cannot add to a batch", failure);
    }
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
}
