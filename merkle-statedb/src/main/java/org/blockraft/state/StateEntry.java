package org.blockraft.state;

import java.util.Arrays;
import java.util.Objects;

/** One row of a range of the state: a key within the namespace asked for, and its value. */
public final class StateEntry {

  private final byte[] key;
  private final VersionedValue value;

  /** Joins a key and its value. */
  public StateEntry(byte[] key, VersionedValue value) {
    this.key = Objects.requireNonNull(key);
    this.value = Objects.requireNonNull(value);
  }

  /** The key bytes, without the namespace, shared. */
  public byte[] key() {
    return key;
  }

  /** The value. */
  public VersionedValue value() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateEntry that
        && Arrays.equals(key, that.key)
        && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(key) + value.hashCode();
  }
}
