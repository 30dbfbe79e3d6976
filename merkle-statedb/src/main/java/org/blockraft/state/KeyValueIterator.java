package org.blockraft.state;

import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Rows of a range of a family. Starts before the first row; {@link #next()} moves. Used by one
 * thread at a time, and must be closed.
 */
public final class KeyValueIterator implements AutoCloseable {

  private final RocksIterator rows;
  private final boolean reverse;
  private final Runnable free;
  private boolean started;
  private boolean closed;

  KeyValueIterator(RocksIterator rows, boolean reverse, Runnable free) {
    this.rows = rows;
    this.reverse = reverse;
    this.free = free;
  }

  /** Moves to the next row; false at the end. */
  public boolean next() {
    checkOpen();
    if (!started) {
      started = true;
      if (reverse) {
        rows.seekToLast();
      } else {
        rows.seekToFirst();
      }
    } else if (!rows.isValid()) {
      return false;
    } else if (reverse) {
      rows.prev();
    } else {
      rows.next();
    }
    if (rows.isValid()) {
      return true;
    }
    try {
      rows.status();
      return false;
    } catch (RocksDBException failure) {
      throw new StateException("iteration failed", failure);
    }
  }

  /** Key of the current row, a copy. */
  public byte[] key() {
    checkOpen();
    return rows.key();
  }

  /** Value of the current row, a copy. */
  public byte[] value() {
    checkOpen();
    return rows.value();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      rows.close();
      free.run();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new StateException("iterator is closed");
    }
  }
}
