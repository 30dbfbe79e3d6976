package org.blockraft.ledger;

import java.util.Optional;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/**
 * Explicit collection configurations of chaincodes by committing block.
 *
 * <p>Fabric: core/ledger/confighistory/mgr.go.
 */
public final class CollectionHistory {

  /** A configuration and the block that committed it. */
  public record Entry(long committingBlock, CollectionConfigPackage collections) {}

  /** The most recent configuration committed below the given block. */
  public Optional<Entry> mostRecentBelow(long block, String chaincode) {
    throw new IllegalStateException("being written");
  }
}
