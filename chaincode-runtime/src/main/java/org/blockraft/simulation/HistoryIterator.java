package org.blockraft.simulation;

import org.hyperledger.fabric.protos.ledger.queryresult.KeyModification;

/** Past values of one key. Used by one thread at a time. */
public interface HistoryIterator extends AutoCloseable {

  /** The next older value, or null at the end. */
  KeyModification next();

  @Override
  void close();
}
