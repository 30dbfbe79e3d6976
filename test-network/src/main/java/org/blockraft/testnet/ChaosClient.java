package org.blockraft.testnet;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.hyperledger.fabric.client.Commit;
import org.hyperledger.fabric.client.CommitStatusException;
import org.hyperledger.fabric.client.EndorseException;
import org.hyperledger.fabric.client.GatewayException;
import org.hyperledger.fabric.client.Status;
import org.hyperledger.fabric.client.SubmitException;
import org.hyperledger.fabric.client.Transaction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * One client of a long run. It has a node that it uses, and another one while that is struck. A
 * request that fails of a struck node is tried again elsewhere: a transaction as the same
 * transaction, which must come to be there once. Owned by one thread.
 */
final class ChaosClient {
  private static final Duration WAIT = Duration.ofMillis(50);

  /** Nodes are started again sooner. */
  private static final Duration FATE_TIMEOUT = Duration.ofMinutes(3);

  private static final Set<TxValidationCode> CONFLICTS =
      Set.of(TxValidationCode.MVCC_READ_CONFLICT, TxValidationCode.PHANTOM_READ_CONFLICT);

  /** What all clients have in common. */
  record Surroundings(
      String channel,
      List<PeerPlace> places,
      ChaosConnections connections,
      FaultBoard board,
      ChaosRecord record,
      ChaosPace pace) {}

  private final Surroundings all;
  private final ChaosScripts scripts;
  private final int home;

  /**
   * @param home the index of the node that it uses
   */
  ChaosClient(Surroundings all, ChaosScripts scripts, int home) {
    this.all = all;
    this.scripts = scripts;
    this.home = home;
  }

  /** Transacts until the pace ends. */
  void transact() {
    while (all.pace().next()) {
      transact(scripts.next());
    }
  }

  /** Has proposals endorsed until the pace ends, and nothing more. */
  void endorse() {
    while (all.pace().next()) {
      endorsed(scripts.plain());
    }
  }

  private void transact(ChaosScripts.Script script) {
    long began = System.nanoTime();
    Transaction transaction = endorsed(script);
    if (transaction == null) {
      return;
    }
    Status status = fate(transaction, began + FATE_TIMEOUT.toNanos());
    if (status == null) {
      return;
    }
    all.record().count(status.getCode().name());
    if (status.isSuccessful()) {
      Duration latency = Duration.ofNanos(System.nanoTime() - began);
      all.record().committed(status.getTransactionId(), status.getBlockNumber(), latency);
      if (!script.privateKey().isEmpty()) {
        all.record().wrote(script.privateKey());
      }
    } else if (!script.conflicts() || !CONFLICTS.contains(status.getCode())) {
      finding(
          "transaction %s in block %d is %s: %s"
              .formatted(
                  status.getTransactionId(),
                  status.getBlockNumber(),
                  status.getCode(),
                  script.operations()));
    }
  }

  /** Tries until a node endorses; null when one refuses without excuse, or at the end. */
  private Transaction endorsed(ChaosScripts.Script script) {
    while (true) {
      ChaosConnections.Connection node = node();
      if (node == null) {
        return null;
      }
      long began = System.nanoTime();
      try {
        Transaction transaction =
            node.contract(all.channel(), ChaosCommand.CHAINCODE)
                .newProposal("run")
                .addArguments(script.arguments())
                .putAllTransient(script.transients())
                .build()
                .endorse();
        all.record().endorsements(node.place()).happened();
        return transaction;
      } catch (EndorseException | StatusRuntimeException e) {
        if (!excused(node.place(), began, "endorse", e)) {
          return null;
        }
      }
    }
  }

  /** Tries until the transaction is known to be valid or not. */
  private Status fate(Transaction transaction, long deadline) {
    Commit commit = null;
    while (System.nanoTime() < deadline) {
      ChaosConnections.Connection node = node();
      if (node == null) {
        return null;
      }
      long began = System.nanoTime();
      String step = commit == null ? "submit" : "commit status";
      try {
        if (commit == null) {
          commit = node.gateway().newTransaction(transaction.getBytes()).submitAsync();
          began = System.nanoTime();
          step = "commit status";
        }
        return node.gateway().newCommit(commit.getBytes()).getStatus();
      } catch (SubmitException | CommitStatusException | StatusRuntimeException e) {
        if (!excused(node.place(), began, step, e)) {
          return null;
        }
      }
    }
    finding("transaction %s has no fate".formatted(transaction.getTransactionId()));
    return null;
  }

  /** The node to use now; waits while all are struck; null when nothing more is to be done. */
  private ChaosConnections.Connection node() {
    while (true) {
      for (int i = 0; i < all.places().size(); i++) {
        PeerPlace place = all.places().get((home + i) % all.places().size());
        if (!all.board().isStruck(place)) {
          return all.connections().to(place);
        }
      }
      if (all.pace().hasEnded()) {
        return null;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(WAIT.toNanos());
    }
  }

  private boolean excused(PeerPlace place, long began, String step, Exception failure) {
    long now = System.nanoTime();
    if (all.board().excuses(place, began, now)) {
      all.record().count("tried again: " + step);
      return true;
    }
    String text = failure instanceof GatewayException ? Failures.describe(failure) : "" + failure;
    finding(
        "%s of %s failed after %d ms: %s"
            .formatted(step, place.process(), Duration.ofNanos(now - began).toMillis(), text));
    return false;
  }

  private void finding(String text) {
    all.record().finding(all.pace().time() + " " + text);
  }
}
