package org.blockraft.ledger;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/**
 * One channel's private write sets of transactions that are endorsed and not yet committed. Safe for any thread.
 *
 * <p>Fabric: core/transientstore/store.go.
 */
public final class TransientStore {

  /** Durable on return. Several write sets may be stored for one transaction id. */
  public void persist(String txId, long height, TxPvtReadWriteSetWithConfigInfo privateData) {
    throw new IllegalStateException("being written");
  }

  /** All write sets stored for a transaction id, oldest height first. */
  public List<TransientEntry> byTxId(String txId) {
    throw new IllegalStateException("being written");
  }

  public void purgeByTxIds(Collection<String> txIds) {
    throw new IllegalStateException("being written");
  }

  /** Removes what was received below the given height. */
  public void purgeBelowHeight(long height) {
    throw new IllegalStateException("being written");
  }

  public OptionalLong lowestHeight() {
    throw new IllegalStateException("being written");
  }
}
