package org.blockraft.endorse;

import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/**
 * Takes the private write sets of a simulated proposal before its endorsement leaves the peer:
 * sends them to other members as the collections demand and stores them in the transient store.
 */
public interface PrivateDataDistributor {
  /**
   * @param height the ledger height at endorsement
   * @throws RuntimeException with Fabric's text when the data cannot be placed
   */
  void distribute(String channelId, String txId, TxPvtReadWriteSetWithConfigInfo data, long height);
}
