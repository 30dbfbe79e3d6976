package org.blockraft.state;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/**
 * Block cache that stores of several channels share, so that one budget holds for the process.
 * Close it after the stores. Thread-safe.
 */
public final class KeyValueCache implements AutoCloseable {

  static {
    RocksDB.loadLibrary();
  }

  private final Cache cache;

  /** A cache of at most so many bytes. */
  public KeyValueCache(long bytes) {
    this.cache = new LRUCache(bytes);
  }

  /** Bytes in use. */
  public long usedBytes() {
    return cache.getUsage();
  }

  Cache cache() {
    return cache;
  }

  @Override
  public void close() {
    cache.close();
  }
}
