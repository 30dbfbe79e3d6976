package org.blockraft.lifecycle;

import org.blockraft.state.Namespaces;
import org.blockraft.state.StateView;
import org.blockraft.state.VersionedValue;

/** The hashed side of a lifecycle collection in the committed state. */
record CommittedHashes(StateView view, String collection) implements OpaqueState {

  @Override
  public byte[] hash(String key) {
    VersionedValue value =
        view.get(Namespaces.hashed(DeployedChaincodes.LIFECYCLE, collection), Sha256.of(key));
    return value == null ? null : value.value();
  }
}
