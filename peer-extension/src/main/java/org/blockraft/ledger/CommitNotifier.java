package org.blockraft.ledger;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.blockraft.validate.ParsedTransaction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * Tells who waits for a transaction's outcome. The first occurrence of a transaction id counts.
 *
 * <p>Fabric: internal/pkg/gateway/commit. Safe for any thread.
 */
public final class CommitNotifier {

  /** More waiters than a gateway may have requests in flight, by a factor that leaves room. */
  static final int WAITERS_MAX = 100_000;

  /** One who waits; equal only to itself. */
  private static final class Waiter {
    final CompletableFuture<TxStatus> outcome = new CompletableFuture<>();
  }

  private final Function<String, Optional<TxPosition>> committed;
  private final ConcurrentHashMap<String, Set<Waiter>> waiters = new ConcurrentHashMap<>();
  private volatile boolean closed;

  CommitNotifier(Function<String, Optional<TxPosition>> committed) {
    this.committed = committed;
  }

  /**
   * The outcome of the transaction: at once if it is in the chain, else when it is committed. A
   * waiter that gives up cancels the future. Fails with {@link LedgerException} when the ledger
   * closes or too many wait.
   */
  public CompletableFuture<TxStatus> status(String txId) {
    Waiter waiter = new Waiter();
    if (waiters.size() >= WAITERS_MAX) {
      waiter.outcome.completeExceptionally(new LedgerException("too many wait for transactions"));
      return waiter.outcome;
    }
    waiters.compute(
        txId,
        (id, others) -> {
          Set<Waiter> all = others == null ? HashSet.newHashSet(1) : others;
          all.add(waiter);
          return all;
        });
    // Looked up after waiting began, so that a commit in between is seen by one of the two.
    Optional<TxPosition> position = committed.apply(txId);
    if (position.isPresent()) {
      waiter.outcome.complete(new TxStatus(txId, position.get().code(), position.get().block()));
    } else if (closed) {
      waiter.outcome.completeExceptionally(new LedgerException("the ledger is closed"));
    }
    var _ = waiter.outcome.whenComplete((status, failure) -> forget(txId, waiter));
    return waiter.outcome;
  }

  private void forget(String txId, Waiter waiter) {
    waiters.computeIfPresent(
        txId,
        (id, all) -> {
          all.remove(waiter);
          return all.isEmpty() ? null : all;
        });
  }

  /** Number of transaction ids waited for. */
  int waiting() {
    return waiters.size();
  }

  /** Tells the waiters of a visible block's transactions. */
  void committed(CommittedBlock block) {
    if (waiters.isEmpty()) {
      return;
    }
    List<ParsedTransaction> transactions = block.transactions();
    for (int tx = 0; tx < transactions.size(); tx++) {
      String txId = transactions.get(tx).txId();
      TxValidationCode code = block.code(tx);
      if (code == TxValidationCode.DUPLICATE_TXID || txId.isEmpty()) {
        continue;
      }
      Set<Waiter> told = waiters.remove(txId);
      if (told != null) {
        TxStatus status = new TxStatus(txId, code, block.number());
        told.forEach(waiter -> waiter.outcome.complete(status));
      }
    }
  }

  void close() {
    closed = true;
    for (String txId : List.copyOf(waiters.keySet())) {
      Set<Waiter> told = waiters.remove(txId);
      if (told != null) {
        told.forEach(
            waiter ->
                waiter.outcome.completeExceptionally(new LedgerException("the ledger is closed")));
      }
    }
  }
}
