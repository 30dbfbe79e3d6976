package org.blockraft.ledger;

import java.util.List;

/**
 * One channel's committed private write sets by (block, transaction, namespace, collection), and what is missing.
 *
 * <p>Fabric: core/ledger/pvtdatastorage/store.go.
 */
public final class PrivateDataStore {

  /** Write sets of a block's transactions in order, without expired and purged data. */
  public List<TxPrivateData> ofBlock(long block, CollectionFilter filter) {
    throw new IllegalStateException("being written");
  }
}
