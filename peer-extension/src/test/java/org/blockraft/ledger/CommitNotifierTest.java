package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.blockraft.state.StateUpdates;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.Test;

class CommitNotifierTest {
  private final CommitNotifier notifier =
      new CommitNotifier(
          txId ->
              txId.equals("old")
                  ? Optional.of(new TxPosition(3, 1, TxValidationCode.MVCC_READ_CONFLICT))
                  : Optional.empty());

  @Test
  void answersAtOnceWhatIsCommitted() {
    assertEquals(
        new TxStatus("old", TxValidationCode.MVCC_READ_CONFLICT, 3), notifier.status("old").join());
    assertEquals(0, notifier.waiting());
  }

  @Test
  void firstCodeWins() {
    CompletableFuture<TxStatus> one = notifier.status("tx");
    CompletableFuture<TxStatus> two = notifier.status("tx");
    CompletableFuture<TxStatus> duplicate = notifier.status("duplicate");

    notifier.committed(
        block(
            new byte[] {0, 11, 9},
            TestChain.writes("tx", Map.of()),
            TestChain.writes("tx", Map.of()),
            TestChain.writes("duplicate", Map.of())));

    assertEquals(new TxStatus("tx", TxValidationCode.VALID, 0), one.join());
    assertEquals(one.join(), two.join());
    assertFalse(duplicate.isDone());
  }

  @Test
  void forgetsWhoGaveUp() {
    notifier.status("tx").cancel(false);
    assertEquals(0, notifier.waiting());
  }

  @Test
  void failsWaitersWhenClosed() {
    CompletableFuture<TxStatus> waiter = notifier.status("tx");
    notifier.close();
    assertThrows(CompletionException.class, waiter::join);
    assertThrows(CompletionException.class, notifier.status("later")::join);
  }

  private static CommittedBlock block(byte[] flags, com.google.protobuf.ByteString... envelopes) {
    ValidatedBlock block = new TestChain().valid(envelopes);
    return new CommittedBlock(
        block.block().block(),
        new byte[32],
        block.transactions(),
        flags,
        new byte[0],
        new StateUpdates());
  }
}
