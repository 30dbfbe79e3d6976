package org.blockraft.lifecycle;

/** Hashes of values by key, for a collection whose plain values this peer may not have. */
interface OpaqueState {
  /** SHA-256 of the value, or null when the key does not exist. */
  byte[] hash(String key);

  String collection();
}
