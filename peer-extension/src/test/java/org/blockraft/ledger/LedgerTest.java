package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.simulation.HistoryIterator;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.ledger.queryresult.KeyModification;
import org.hyperledger.fabric.protos.peer.ProcessedTransaction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path root;
  private final TestChain chain = new TestChain();
  private TestLedgers ledgers;
  private Ledger ledger;

  @BeforeEach
  void create() {
    ledgers = new TestLedgers(root);
    ledger = ledgers.ledgers.create(chain.genesis());
  }

  @AfterEach
  void close() {
    ledgers.close();
  }

  private void reopen() {
    ledgers.close();
    ledgers = new TestLedgers(root);
    ledger = ledgers.open();
  }

  @Test
  void storesTheGenesisBlockWithFlagAndWithoutHash() {
    BlockMetadata metadata = ledger.blockByNumber(0).getMetadata();
    assertEquals(5, metadata.getMetadataCount());
    assertEquals(ByteString.copyFrom(new byte[] {0}), metadata.getMetadata(2));
    assertEquals(ByteString.EMPTY, metadata.getMetadata(4));
    assertEquals(1, ledger.height());
    assertEquals(0, ledger.commitHash().length);
    assertEquals(List.of(TestChain.CHANNEL), ledgers.ledgers.channelIds());
  }

  @Test
  void refusesASecondLedgerOfTheChannel() {
    LedgerException refused =
        assertThrows(
            LedgerException.class, () -> ledgers.ledgers.create(new TestChain().genesis()));
    assertEquals("ledger [testchannel] already exists with state [ACTIVE]", refused.getMessage());
  }

  @Test
  void showsBlocksTransactionsAndState() throws Exception {
    Block block =
        chain.block(
            List.of(
                TestChain.writes("t1", Map.of("a", "1")),
                TestChain.readsAbsent("t2", List.of("a"), Map.of("b", "2"))));
    CommittedBlock committed = ledger.commit(TestChain.validated(block));

    for (int opened = 0; opened < 2; opened++) {
      Block stored = ledger.blockByNumber(1);
      assertEquals(block.getHeader(), stored.getHeader());
      assertEquals(block.getData(), stored.getData());
      assertEquals(block.getMetadata().getMetadata(0), stored.getMetadata().getMetadata(0));
      assertArrayEquals(
          new byte[] {0, (byte) TxValidationCode.MVCC_READ_CONFLICT_VALUE},
          stored.getMetadata().getMetadata(2).toByteArray());
      assertArrayEquals(
          committed.commitHash(),
          Metadata.parseFrom(stored.getMetadata().getMetadata(4)).getValue().toByteArray());
      assertArrayEquals(committed.commitHash(), ledger.commitHash());
      byte[] hash = BlockHeaders.headerHash(block.getHeader());
      assertEquals(stored, ledger.blockByHash(hash));
      assertEquals(stored, ledger.blockByTxId("t2"));
      assertEquals(stored, ledger.blockByNumber(-1));
      ProcessedTransaction transaction = ledger.transactionById("t2");
      assertEquals(block.getData().getData(1), transaction.getTransactionEnvelope().toByteString());
      assertEquals(TxValidationCode.MVCC_READ_CONFLICT_VALUE, transaction.getValidationCode());
      assertEquals("1", TestLedgers.value(ledger, TestChain.CHAINCODE, "a"));
      assertEquals(null, TestLedgers.value(ledger, TestChain.CHAINCODE, "b"));
      assertEquals(2, ledger.info().getHeight());
      assertEquals(ByteString.copyFrom(hash), ledger.info().getCurrentBlockHash());
      assertEquals(block.getHeader().getPreviousHash(), ledger.info().getPreviousBlockHash());
      assertTrue(ledger.exists("t2"));
      assertFalse(ledger.exists("t3"));
      reopen();
    }
  }

  @Test
  void saysWhatIsNotThere() {
    assertEquals("no such block number [1] in index", text(() -> ledger.blockByNumber(1)));
    assertEquals(
        "no such block number [18446744073709551614] in index",
        text(() -> ledger.blockByNumber(-2)));
    assertEquals(
        "no such block hash [0102] in index", text(() -> ledger.blockByHash(new byte[] {1, 2})));
    assertEquals("no such transaction ID [x] in index", text(() -> ledger.transactionById("x")));
    assertEquals("no such transaction ID [x] in index", text(() -> ledger.blockByTxId("x")));
    assertEquals(
        "no such blockNumber, transactionNumber <0, 7> in index",
        text(() -> ledger.envelope(0, 7)));
    assertEquals(Optional.empty(), ledgers.ledgers.open("other"));
  }

  @Test
  void refusesBlocksThatDoNotFollow() {
    Block one = chain.block(List.of());
    Block two = chain.block(List.of());
    assertEquals(
        "block number should have been 1 but was 2",
        text(() -> ledger.commit(TestChain.validated(two))));
    TestChain otherChain = new TestChain();
    otherChain.block(List.of());
    Block unlinked = otherChain.block(List.of());
    String text = text(() -> ledger.commit(TestChain.validated(unlinked)));
    assertTrue(text.startsWith("unexpected Previous block hash. Expected PreviousHash = ["), text);
    ledger.commit(TestChain.validated(one));
    ledger.commit(TestChain.validated(two));
    assertEquals(3, ledger.height());
  }

  @Test
  void keepsTheFirstOccurrenceOfATransactionId() {
    ledger.commit(
        TestChain.flagged(
            chain.block(
                List.of(
                    TestChain.writes("t", Map.of("a", "1")),
                    TestChain.writes("t", Map.of("a", "2")))),
            TxValidationCode.ENDORSEMENT_POLICY_FAILURE_VALUE,
            TxValidationCode.DUPLICATE_TXID_VALUE));
    ledger.commit(
        TestChain.flagged(
            chain.block(List.of(TestChain.writes("t", Map.of("a", "3")))),
            TxValidationCode.BAD_CREATOR_SIGNATURE_VALUE));
    TxPosition first = new TxPosition(1, 0, TxValidationCode.ENDORSEMENT_POLICY_FAILURE);
    assertEquals(Optional.of(first), ledger.position("t"));
    reopen();
    assertEquals(Optional.of(first), ledger.position("t"));
  }

  @Test
  void indexesConfigurationsByTheirComputedId() {
    String computed = HexFormat.of().formatHex(Hash.sha256(TestChain.bytes("noncecreator")));
    assertEquals(new TxPosition(0, 0, TxValidationCode.VALID), ledger.position(computed).get());
  }

  @Test
  void keepsMalformedTransactions() {
    ByteString garbage = ByteString.copyFromUtf8("garbage");
    ledger.commit(
        TestChain.flagged(
            chain.block(List.of(garbage)), TxValidationCode.INVALID_OTHER_REASON_VALUE));
    reopen();
    assertEquals(garbage, ledger.blockByNumber(1).getData().getData(0));
    assertEquals((byte) 255, ledger.blockByNumber(1).getMetadata().getMetadata(2).byteAt(0));
  }

  @Test
  void tellsTheHistoryNewestFirst() {
    ledger.commit(chain.valid(TestChain.writes("t1", Map.of("a", "1", "ab", "other"))));
    ledger.commit(
        TestChain.flagged(
            chain.block(List.of(TestChain.writes("bad", Map.of("a", "no")))),
            TxValidationCode.BAD_PAYLOAD_VALUE));
    ledger.commit(
        chain.valid(
            TestChain.writes("t2", Map.of("a", "")), TestChain.writes("t3", Map.of("a", "3"))));
    List<KeyModification> modifications = new ArrayList<>();
    try (HistoryIterator history = ledger.history().history(TestChain.CHAINCODE, "a")) {
      for (KeyModification next = history.next(); next != null; next = history.next()) {
        modifications.add(next);
      }
    }
    assertEquals(
        List.of("t3", "t2", "t1"), modifications.stream().map(KeyModification::getTxId).toList());
    assertEquals(
        List.of(false, true, false),
        modifications.stream().map(KeyModification::getIsDelete).toList());
    assertEquals("3", modifications.getFirst().getValue().toStringUtf8());
    assertEquals(TestChain.TIMESTAMP, modifications.getFirst().getTimestamp());
  }

  @Test
  void cursorWaitsForTheNextBlock() throws Exception {
    BlockCursor cursor = ledger.blocks(0);
    assertEquals(0, cursor.next(Duration.ZERO).orElseThrow().getHeader().getNumber());
    assertTrue(cursor.next(Duration.ofMillis(1)).isEmpty());
    CompletableFuture<Optional<Block>> waiting = CompletableFuture.supplyAsync(() -> next(cursor));
    ledger.commit(chain.valid(TestChain.writes("t1", Map.of("a", "1"))));
    assertEquals(ledger.blockByNumber(1), waiting.get(20, TimeUnit.SECONDS).orElseThrow());
    CompletableFuture<Optional<Block>> closing = CompletableFuture.supplyAsync(() -> next(cursor));
    cursor.close();
    assertTrue(closing.get(20, TimeUnit.SECONDS).isEmpty());
  }

  @Test
  void showsAGroupOnlyWhenItIsForced() throws Exception {
    List<Long> heard = new ArrayList<>();
    ledger.addListener(block -> heard.add(block.number()));
    CompletableFuture<TxStatus> status = ledger.notifier().status("t1");
    ledger.commit(
        chain.valid(TestChain.writes("t1", Map.of("a", "1"))), PrivateDataSource.NONE, true);
    assertEquals(1, ledger.height());
    assertEquals(2, ledger.nextBlock());
    assertEquals(List.of(1L), heard);
    assertTrue(ledger.exists("t1"));
    assertEquals(Optional.empty(), ledger.position("t1"));
    assertEquals("1", TestLedgers.value(ledger, TestChain.CHAINCODE, "a"));
    ledger.commit(
        chain.valid(TestChain.writes("t2", Map.of("a", "2"))), PrivateDataSource.NONE, false);
    assertEquals(3, ledger.height());
    assertEquals(new TxStatus("t1", TxValidationCode.VALID, 1), status.get(20, TimeUnit.SECONDS));
    ledger.commit(
        chain.valid(TestChain.writes("t3", Map.of("a", "3"))), PrivateDataSource.NONE, true);
    ledger.force();
    assertEquals(4, ledger.height());
  }

  @Test
  void takesNoMoreBlocksAfterAListenerFailed() {
    ledger.addListener(
        block -> {
          throw new IllegalArgumentException("no");
        });
    assertThrows(IllegalArgumentException.class, () -> ledger.commit(chain.valid()));
    assertEquals(
        "channel testchannel failed in a commit and must be opened again",
        text(() -> ledger.commit(chain.valid())));
    reopen();
    assertEquals(2, ledger.height());
  }

  @Test
  void countsAsFabricDoes() {
    ledger.commit(
        TestChain.flagged(
            chain.block(
                List.of(
                    TestChain.writes("t1", Map.of("a", "1")),
                    TestChain.readsAbsent("t2", List.of("a"), Map.of("b", "2")),
                    TestChain.writes("t3", Map.of("a", "1")))),
            0,
            0,
            TxValidationCode.ENDORSEMENT_POLICY_FAILURE_VALUE));
    assertEquals(1, count("ENDORSER_TRANSACTION", "basic:1.0", "VALID"));
    assertEquals(1, count("ENDORSER_TRANSACTION", "basic:1.0", "MVCC_READ_CONFLICT"));
    assertEquals(1, count("unknown", "unknown", "ENDORSEMENT_POLICY_FAILURE"));
    assertEquals(1, count("CONFIG", "unknown", "VALID"));
    assertEquals(2, ledgers.meters.get("ledger.blockchain_height").gauge().value());
    assertEquals(2, ledgers.meters.get("ledger.statedb_commit_time").summary().count());
  }

  @Test
  void removesALedger() {
    ledger.commit(chain.valid(TestChain.writes("t1", Map.of("a", "1"))));
    ledgers.ledgers.remove(TestChain.CHANNEL);
    assertEquals(List.of(), ledgers.ledgers.channelIds());
    assertEquals(Optional.empty(), ledgers.ledgers.open(TestChain.CHANNEL));
    assertEquals(1, ledgers.ledgers.create(new TestChain().genesis()).height());
  }

  @Test
  void readersFollowManyBlocksWhileTheyAreCommitted() throws Exception {
    int blocks = 200;
    CompletableFuture<List<Long>> read =
        CompletableFuture.supplyAsync(
            () -> {
              List<Long> numbers = new ArrayList<>();
              try (BlockCursor cursor = ledger.blocks(0)) {
                while (numbers.size() < blocks) {
                  Block block = next(cursor).orElseThrow();
                  numbers.add(block.getHeader().getNumber());
                  String txId = "t" + block.getHeader().getNumber();
                  if (block.getHeader().getNumber() > 0) {
                    assertEquals(
                        Long.toString(block.getHeader().getNumber()),
                        TestLedgers.value(ledger, TestChain.CHAINCODE, txId));
                  }
                }
              }
              return numbers;
            });
    for (int i = 1; i < blocks; i++) {
      ledger.commit(
          chain.valid(TestChain.writes("t" + i, Map.of("t" + i, Integer.toString(i)))),
          PrivateDataSource.NONE,
          i % 3 != 0);
    }
    ledger.force();
    List<Long> numbers = read.get(30, TimeUnit.SECONDS);
    long[] expected = new long[blocks];
    Arrays.setAll(expected, i -> i);
    assertArrayEquals(expected, numbers.stream().mapToLong(n -> n).toArray());
  }

  private double count(String type, String chaincode, String code) {
    return ledgers
        .meters
        .get("ledger.transaction_count")
        .tags(
            "channel", TestChain.CHANNEL,
            "transaction_type", type,
            "chaincode", chaincode,
            "validation_code", code)
        .counter()
        .count();
  }

  private static Optional<Block> next(BlockCursor cursor) {
    try {
      return cursor.next(LONG);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Runnable action) {
    return assertThrows(LedgerException.class, action::run).getMessage();
  }
}
