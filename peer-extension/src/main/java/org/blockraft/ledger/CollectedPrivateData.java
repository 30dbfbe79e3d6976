package org.blockraft.ledger;

import java.util.List;
import java.util.SortedMap;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/**
 * What could be found of a block's private data.
 *
 * @param writeSets by index of the transaction
 * @param eligibleMissing what this peer should have and has not
 * @param ineligible what this peer should not have
 * @param txIds transactions whose entries in the transient store are no longer needed
 */
record CollectedPrivateData(
    SortedMap<Integer, TxPvtReadWriteSet> writeSets,
    List<MissingPrivateData> eligibleMissing,
    List<MissingPrivateData> ineligible,
    List<String> txIds) {

  /** Whether there is nothing to store. */
  boolean isEmpty() {
    return writeSets.isEmpty() && eligibleMissing.isEmpty() && ineligible.isEmpty();
  }
}
