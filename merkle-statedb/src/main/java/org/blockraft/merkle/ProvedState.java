package org.blockraft.merkle;

import java.util.List;
import org.blockraft.state.StateKey;
import org.blockraft.state.VersionedValue;

/**
 * What the state says of some keys, with proofs.
 *
 * @param height number of blocks that state and root include
 * @param root of the tree at that height
 */
public record ProvedState(long height, byte[] root, List<Entry> entries) {

  /**
   * One key.
   *
   * @param value null if the key does not exist
   */
  public record Entry(StateKey key, VersionedValue value, LeafProof proof) {}
}
