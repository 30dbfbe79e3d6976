package org.blockraft.lifecycle;

/** A {@link ReadableState} that also takes writes. Writes are not seen by later reads. */
interface WritableState extends ReadableState {
  void put(String key, byte[] value);

  void delete(String key);
}
