package org.blockraft.ledger;

/**
 * Hears of each block after its state is written and before readers of blocks see it. Called by the
 * committing thread, in block order. Blocks replayed when a ledger is opened are not announced:
 * whoever keeps something derived builds it from the state then. An exception stops the channel.
 */
@FunctionalInterface
public interface CommitListener {
  void committed(CommittedBlock block);
}
