package org.blockraft.lifecycle;

import java.util.SortedMap;

/** The state of a call without a channel: every access fails with the words of a stub. */
record NoState(String txId) implements ReadableState, RangeableState {

  @Override
  public byte[] get(String key) {
    throw failure("GET_STATE");
  }

  @Override
  public SortedMap<String, byte[]> range(String prefix) {
    throw failure("GET_STATE_BY_RANGE");
  }

  private LifecycleException failure(String message) {
    return new LifecycleException(
        "%s failed: transaction ID: %s: no ledger context".formatted(message, txId));
  }
}
