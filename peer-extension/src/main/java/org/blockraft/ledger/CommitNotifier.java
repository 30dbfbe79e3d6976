package org.blockraft.ledger;

import java.util.concurrent.CompletableFuture;

/**
 * Tells who waits for a transaction's outcome. The first occurrence of a transaction id counts.
 *
 * <p>Fabric: internal/pkg/gateway/commit. Safe for any thread.
 */
public final class CommitNotifier {

  /**
   * The outcome of the transaction: at once if it is in the chain, else when it is committed. A waiter that gives up
   * cancels the future. Fails with {@link LedgerException} when the ledger closes.
   */
  public CompletableFuture<TxStatus> status(String txId) {
    throw new IllegalStateException("being written");
  }
}
