package org.blockraft.ledger;

/** Instants of a commit between which the process may die; tests let it die there. */
enum CommitStep {
  DECIDED,
  PRIVATE_DATA_WRITTEN,
  BLOCK_APPENDED,
  BLOCK_FORCED,
  STATE_WRITTEN,
  PUBLISHED
}
