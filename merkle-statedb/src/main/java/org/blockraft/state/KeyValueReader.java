package org.blockraft.state;

import java.util.Collections;
import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** Reads of one database, of the newest state or of a snapshot, each guarded by a lifetime. */
final class KeyValueReader {

  private final RocksInstance rocks;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private final Lifetime lifetime;

  /**
   * @param snapshot null for the newest state
   * @param lifetime guards each read; iterators hold it until they are closed
   */
  KeyValueReader(RocksInstance rocks, Snapshot snapshot, Lifetime lifetime) {
    this.rocks = rocks;
    this.snapshot = snapshot;
    this.options = newOptions();
    this.lifetime = lifetime;
  }

  byte[] get(String family, byte[] key) {
    lifetime.acquire();
    try {
      return rocks.database().get(rocks.family(family), options, key);
    } catch (RocksDBException failure) {
      throw new StateException("read failed in family " + family, failure);
    } finally {
      lifetime.release();
    }
  }

  byte[][] multiGet(String family, List<byte[]> keys) {
    if (keys.isEmpty()) {
      return new byte[0][];
    }
    lifetime.acquire();
    try {
      return rocks
          .database()
          .multiGetAsList(options, Collections.nCopies(keys.size(), rocks.family(family)), keys)
          .toArray(new byte[0][]);
    } catch (RocksDBException failure) {
      throw new StateException("read failed in family " + family, failure);
    } finally {
      lifetime.release();
    }
  }

  KeyValueIterator iterator(String family, byte[] from, byte[] toExclusive, boolean reverse) {
    lifetime.acquire();
    boolean opened = false;
    ReadOptions bounded = newOptions();
    Slice lower = from.length == 0 ? null : new Slice(from);
    Slice upper = toExclusive.length == 0 ? null : new Slice(toExclusive);
    try {
      if (lower != null) {
        bounded.setIterateLowerBound(lower);
      }
      if (upper != null) {
        bounded.setIterateUpperBound(upper);
      }
      RocksIterator rows = rocks.database().newIterator(rocks.family(family), bounded);
      opened = true;
      return new KeyValueIterator(rows, reverse, () -> free(bounded, lower, upper));
    } finally {
      if (!opened) {
        free(bounded, lower, upper);
      }
    }
  }

  void close() {
    options.close();
  }

  private ReadOptions newOptions() {
    ReadOptions fresh = new ReadOptions();
    return snapshot == null ? fresh : fresh.setSnapshot(snapshot);
  }

  private void free(ReadOptions bounded, Slice lower, Slice upper) {
    bounded.close();
    if (lower != null) {
      lower.close();
    }
    if (upper != null) {
      upper.close();
    }
    lifetime.release();
  }
}
