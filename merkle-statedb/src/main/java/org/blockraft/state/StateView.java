package org.blockraft.state;

import java.util.List;

/**
 * The committed state of one channel at one height. It never changes while it is held. May be used
 * by many threads.
 */
public interface StateView extends AutoCloseable {

  /** The value of the key, or null if it does not exist. */
  VersionedValue get(String namespace, byte[] key);

  /** The values of the keys in the same order, null where a key does not exist. */
  VersionedValue[] getAll(List<StateKey> keys);

  /**
   * Rows of the namespace from start (included) to end (excluded) in unsigned byte order.
   *
   * @param start empty for the first key
   * @param end empty for the end of the namespace
   */
  StateIterator range(String namespace, byte[] start, byte[] end);

  /** Number of blocks that this state includes. */
  long height();

  /**
   * False only if no key of the namespace ever had metadata, so that looking for it can be spared.
   */
  boolean mayHaveMetadata(String namespace);

  /** Gives the view back; needed only where it holds something. */
  @Override
  default void close() {}
}
