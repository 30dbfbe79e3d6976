package org.blockraft.validate;

/** What the ledger knows about transaction ids. Safe for use by many threads. */
public interface CommittedTxIds {

  /** Whether a committed block holds a transaction of this id, valid or not. */
  boolean exists(String txId);
}
