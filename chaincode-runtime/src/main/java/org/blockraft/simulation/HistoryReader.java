package org.blockraft.simulation;

/** Past values of keys. Implemented by the ledger. */
public interface HistoryReader {

  /** Past values of a public key, newest first; the caller closes the iterator. */
  HistoryIterator history(String namespace, String key);
}
