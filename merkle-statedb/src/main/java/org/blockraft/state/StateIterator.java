package org.blockraft.state;

/** Rows of a range in key order. Used by one thread at a time. */
public interface StateIterator extends AutoCloseable {

  /** The next row, or null at the end. */
  StateEntry next();

  @Override
  void close();
}
