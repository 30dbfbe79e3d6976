package org.blockraft.mvcc;

import java.util.Map;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/**
 * The private write sets at hand for a block's transactions; missing ones are simply not here.
 *
 * @param byTransaction by the transaction's index in its block
 */
public record PrivateWriteSets(Map<Integer, TxPvtReadWriteSet> byTransaction) {

  public static final PrivateWriteSets NONE = new PrivateWriteSets(Map.of());

  public PrivateWriteSets {
    byTransaction = Map.copyOf(byTransaction);
  }
}
