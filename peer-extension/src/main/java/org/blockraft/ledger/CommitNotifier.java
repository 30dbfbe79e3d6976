package org.blockraft.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private final Function<String, Optional<TxPosition>> committed;
  private final ConcurrentHashMap<String, List<CompletableFuture<TxStatus>>> waiters =
      new ConcurrentHashMap<>();
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
    CompletableFuture<TxStatus> waiter = new CompletableFuture<>();
    if (waiters.size() >= WAITERS_MAX) {
      waiter.completeExceptionally(new LedgerException("too many wait for transactions"));
      return waiter;
    }
    waiters.compute(
        txId,
        (id, others) -> {
          List<CompletableFuture<TxStatus>> all = others == null ? new ArrayList<>(1) : others;
          all.add(waiter);
          return all;
        });
    // Looked up after waiting began, so that a commit in between is seen by one of the two.
    Optional<TxPosition> position = committed.apply(txId);
    if (position.isPresent()) {
      waiter.complete(new TxStatus(txId, position.get().code(), position.get().block()));
    } else if (closed) {
      waiter.completeExceptionally(new LedgerException("the ledger is closed"));
    }
    var unused = waiter.whenComplete((status, failure) -> forget(txId, waiter));
    return waiter;
  }

  private void forget(String txId, CompletableFuture<TxStatus> waiter) {
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
      List<CompletableFuture<TxStatus>> told = waiters.remove(txId);
      if (told != null) {
        TxStatus status = new TxStatus(txId, code, block.number());
        told.forEach(waiter -> waiter.complete(status));
      }
    }
  }

  void close() {
    closed = true;
    for (String txId : List.copyOf(waiters.keySet())) {
      List<CompletableFuture<TxStatus>> told = waiters.remove(txId);
      if (told != null) {
        told.forEach(
            waiter -> waiter.completeExceptionally(new LedgerException("the ledger is closed")));
      }
    }
  }
}
