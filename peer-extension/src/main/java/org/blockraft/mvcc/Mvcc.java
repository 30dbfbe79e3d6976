package org.blockraft.mvcc;

import org.blockraft.state.StateView;
import org.blockraft.validate.ValidatedBlock;

/**
 * Decides read conflicts and builds a block's state changes. Pure; safe for use by many threads.
 */
public final class Mvcc {

  private Mvcc() {}

  /** Checks the transactions that are valid so far, in block order, and collects the changes. */
  public static MvccOutcome decide(
      ValidatedBlock block, StateView committed, PrivateWriteSets privateWriteSets) {
    throw new IllegalStateException("being written");
  }

  /** As {@link #decide} for a block whose flags are final: nothing is checked. */
  public static MvccOutcome replay(
      ValidatedBlock block, StateView committed, PrivateWriteSets privateWriteSets) {
    throw new IllegalStateException("being written");
  }
}
