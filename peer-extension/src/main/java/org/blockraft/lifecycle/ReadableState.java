package org.blockraft.lifecycle;

/** Values by key, in the lifecycle namespace or in one of its collections. */
interface ReadableState {
  /** The value, or null when the key does not exist. */
  byte[] get(String key);
}
