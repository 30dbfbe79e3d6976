package org.blockraft.mvcc;

import java.util.Map;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/**
 * The private write sets at hand for a block's transactions; missing ones are simply not here.
 *
 * @param byTransaction by the transaction's index in its block
 * @param recorded whether they come from this peer's own records, where they were checked when they
 *     were stored and may lack keys that were purged since
 */
public record PrivateWriteSets(Map<Integer, TxPvtReadWriteSet> byTransaction, boolean recorded) {

  public static final PrivateWriteSets NONE = new PrivateWriteSets(Map.of());

  public PrivateWriteSets {
    byTransaction = Map.copyOf(byTransaction);
  }

  /** Write sets from elsewhere, which are checked against what was endorsed. */
  public PrivateWriteSets(Map<Integer, TxPvtReadWriteSet> byTransaction) {
    this(byTransaction, false);
  }
}
