package org.blockraft.simulation;

/** Last write of a key in a simulation. An empty value is a delete, as in Fabric. */
final class PendingWrite {

  static final PendingWrite PURGE = new PendingWrite(null, true);

  private final byte[] value;
  private final boolean purge;

  private PendingWrite(byte[] value, boolean purge) {
    this.value = value;
    this.purge = purge;
  }

  /** A new value; null or empty for a delete. */
  static PendingWrite of(byte[] value) {
    return new PendingWrite(value, false);
  }

  boolean isDelete() {
    return value == null || value.length == 0;
  }

  boolean isPurge() {
    return purge;
  }

  byte[] value() {
    return value;
  }
}
