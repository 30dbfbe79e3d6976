package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateSnapshot;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDataTest {
  private static final String OURS = "ours";
  private static final String SHORT = "short";
  private static final String THEIRS = "theirs";
  private static final String IMPLICIT = "_implicit_org_" + TestChain.MSP;

  @TempDir Path root;
  private final TestChain chain = new TestChain();
  private TestLedgers ledgers;
  private Ledger ledger;

  @BeforeEach
  void create() {
    ledgers = new TestLedgers(root);
    ledger = ledgers.ledgers.create(chain.genesis());
    ledger.commit(
        chain.valid(
            TestChain.definition(
                "define",
                TestChain.collection(OURS, 0, TestChain.MSP, "Org2MSP"),
                TestChain.collection(SHORT, 2, TestChain.MSP),
                TestChain.collection(THEIRS, 0, "Org2MSP"))));
  }

  @AfterEach
  void close() {
    ledgers.close();
  }

  @Test
  void takesWriteSetsFromTheTransientStore() {
    ledger.transientStore().persist("t1", 2, TestChain.plain(OURS, Map.of("k", "other")));
    ledger.transientStore().persist("t1", 2, TestChain.plain(OURS, Map.of("k", "v")));
    ledger.transientStore().persist("t2", 2, TestChain.plain(IMPLICIT, Map.of("k", "w")));
    ledger.commit(
        chain.valid(
            TestChain.privateWrites("t1", OURS, Map.of("k", "v")),
            TestChain.privateWrites("t2", IMPLICIT, Map.of("k", "w"))));

    assertEquals("v", plain(OURS, "k"));
    assertEquals("w", plain(IMPLICIT, "k"));
    assertTrue(hashed(OURS, "k"));
    assertEquals(
        List.of(
            new TxPrivateData(0, TestChain.plainSet(OURS, writes(Map.of("k", "v")))),
            new TxPrivateData(1, TestChain.plainSet(IMPLICIT, writes(Map.of("k", "w"))))),
        ledger.privateData().ofBlock(2, CollectionFilter.ALL));
    assertEquals(
        1, ledger.privateData().ofBlock(2, (ns, collection) -> collection.equals(OURS)).size());
    assertTrue(ledger.transientStore().byTxId("t1").isEmpty());
    assertTrue(ledger.privateData().missing(10).isEmpty());
  }

  @Test
  void recordsWhatIsMissingWithoutWaiting() {
    ledger.transientStore().persist("t1", 2, TestChain.plain(OURS, Map.of("k", "wrong")));
    ledger.commit(
        chain.valid(
            TestChain.privateWrites("t1", OURS, Map.of("k", "v")),
            TestChain.privateWrites("t2", THEIRS, Map.of("k", "v"))));

    assertEquals(List.of(), ledgers.pauses);
    assertEquals(
        List.of(new MissingPrivateData(2, 0, TestChain.CHAINCODE, OURS)),
        ledger.privateData().missing(10));
    assertEquals(null, plain(OURS, "k"));
    assertTrue(hashed(OURS, "k"));
    assertTrue(hashed(THEIRS, "k"));
    assertEquals(List.of(), ledger.privateData().ofBlock(2, CollectionFilter.ALL));
  }

  @Test
  void asksOnceAlthoughThereIsNoTimeForOthers() {
    withoutTimeForOthers();
    ledger.commit(
        chain.valid(TestChain.privateWrites("t1", OURS, Map.of("k", "v"))),
        PrivateDataTest::answer,
        false);

    assertEquals("v", plain(OURS, "k"));
    assertEquals(List.of(), ledgers.pauses);
  }

  @Test
  void asksAsLongAsTheNodesOfThisPeerMayAnswer() {
    withoutTimeForOthers();
    AtomicInteger asked = new AtomicInteger();
    PrivateDataSource siblings =
        new PrivateDataSource() {
          @Override
          public Optional<Pulled> pull(List<Wanted> wanted) {
            return asked.incrementAndGet() < 3
                ? Optional.of(new Pulled(Map.of(), Set.of()))
                : answer(wanted);
          }

          @Override
          public Duration patience() {
            return Duration.ofSeconds(5);
          }
        };
    ledger.commit(
        chain.valid(TestChain.privateWrites("t1", OURS, Map.of("k", "v"))),
        siblings.until(() -> false),
        false);

    assertEquals("v", plain(OURS, "k"));
    assertEquals(2, ledgers.pauses.size());
  }

  private static Optional<PrivateDataSource.Pulled> answer(List<PrivateDataSource.Wanted> wanted) {
    return Optional.of(
        new PrivateDataSource.Pulled(
            Map.of(wanted.getFirst().key(), writes(Map.of("k", "v")).toByteString()), Set.of()));
  }

  private void withoutTimeForOthers() {
    ledgers.close();
    LedgerSettings defaults = TestLedgers.SETTINGS;
    ledgers =
        new TestLedgers(
            root,
            new LedgerSettings(
                defaults.mspId(),
                defaults.historyEnabled(),
                Duration.ZERO,
                defaults.skipPullingInvalid(),
                defaults.transientRetentionBlocks(),
                defaults.purgeIntervalBlocks(),
                defaults.announcedByOthers(),
                defaults.segmentBytesMax(),
                defaults.tree(),
                defaults.store()),
            step -> {});
    ledger = ledgers.open();
  }

  @Test
  void pullsFromOthersUntilTheTimeIsUp() {
    List<Integer> asked = new ArrayList<>();
    PrivateDataSource others =
        wanted -> {
          asked.add(wanted.size());
          if (asked.size() < 3) {
            return Optional.of(new PrivateDataSource.Pulled(Map.of(), Set.of()));
          }
          return Optional.of(
              new PrivateDataSource.Pulled(
                  Map.of(wanted.getFirst().key(), writes(Map.of("k", "v")).toByteString()),
                  Set.of()));
        };
    ledger.commit(
        chain.valid(
            TestChain.privateWrites("t1", OURS, Map.of("k", "v")),
            TestChain.privateWrites("t2", OURS, Map.of("l", "v"))),
        others,
        false);

    assertEquals("v", plain(OURS, "k"));
    assertEquals(List.of(2, 2, 2, 1), asked.subList(0, 4));
    // What is offered for the second transaction is not what was endorsed: asking again is no use.
    assertEquals(4, asked.size());
    assertEquals(3, ledgers.pauses.size());
    assertEquals(
        List.of(new MissingPrivateData(2, 1, TestChain.CHAINCODE, OURS)),
        ledger.privateData().missing(10));
  }

  @Test
  void givesUpPullingAfterTheThreshold() {
    ledger.commit(
        chain.valid(TestChain.privateWrites("t1", OURS, Map.of("k", "v"))),
        wanted -> Optional.of(new PrivateDataSource.Pulled(Map.of(), Set.of())),
        false);
    assertEquals(
        TestLedgers.SETTINGS.pullRetryThreshold(),
        ledgers.pauses.stream().reduce(Duration.ZERO, Duration::plus));
    assertEquals(1, ledger.privateData().missing(10).size());
  }

  @Test
  void neitherWaitsForNorMissesWhatOthersPurged() {
    ledger.commit(
        chain.valid(TestChain.privateWrites("t1", OURS, Map.of("k", "v"))),
        wanted ->
            Optional.of(new PrivateDataSource.Pulled(Map.of(), Set.of(wanted.getFirst().key()))),
        false);
    assertEquals(List.of(), ledgers.pauses);
    assertEquals(List.of(), ledger.privateData().missing(10));
  }

  @Test
  void storesPrivateDataOfInvalidTransactionsButDoesNotApplyIt() {
    ledger.transientStore().persist("t1", 2, TestChain.plain(OURS, Map.of("k", "v")));
    ledger.commit(
        TestChain.flagged(
            chain.block(
                List.of(
                    TestChain.privateWrites("t1", OURS, Map.of("k", "v")),
                    TestChain.privateWrites("t2", "unknown", Map.of("k", "v")))),
            TxValidationCode.ENDORSEMENT_POLICY_FAILURE_VALUE,
            TxValidationCode.ENDORSEMENT_POLICY_FAILURE_VALUE));
    assertEquals(1, ledger.privateData().ofBlock(2, CollectionFilter.ALL).size());
    assertEquals(null, plain(OURS, "k"));
  }

  @Test
  void stopsOnAValidTransactionOfAnUnknownCollection() {
    assertThrows(
        LedgerException.class,
        () ->
            ledger.commit(chain.valid(TestChain.privateWrites("t1", "unknown", Map.of("k", "v")))));
    assertEquals(2, ledger.height());
  }

  @Test
  void expiresAfterBlocksToLive() {
    commitShort("t1", Map.of("k", "v", "kept", "v1"));
    assertEquals("v", plain(SHORT, "k"));
    empty();
    commitShort("t2", Map.of("kept", "v2"));
    assertEquals("v", plain(SHORT, "k"));
    assertEquals(1, ledger.privateData().ofBlock(2, CollectionFilter.ALL).size());
    empty();
    // Committed by block 2, to live for 2: gone with block 5.
    assertEquals(6, ledger.height());
    assertEquals(null, plain(SHORT, "k"));
    assertEquals(false, hashed(SHORT, "k"));
    assertEquals("v2", plain(SHORT, "kept"));
    assertEquals(0, ledger.privateData().ofBlock(2, CollectionFilter.ALL).size());
    assertEquals(1, ledger.privateData().ofBlock(4, CollectionFilter.ALL).size());
    empty();
    empty();
    assertEquals(null, plain(SHORT, "kept"));
  }

  @Test
  void expiresMissingData() {
    ledger.commit(chain.valid(TestChain.privateWrites("t1", SHORT, Map.of("k", "v"))));
    assertEquals(1, ledger.privateData().missing(10).size());
    for (int i = 0; i < 3; i++) {
      empty();
    }
    assertEquals(0, ledger.privateData().missing(10).size());
    assertEquals(false, hashed(SHORT, "k"));
  }

  @Test
  void keepsExpiringAcrossAReopening() {
    commitShort("t1", Map.of("k", "v"));
    ledgers.close();
    ledgers = new TestLedgers(root);
    ledger = ledgers.open();
    for (int i = 0; i < 3; i++) {
      empty();
    }
    assertEquals(null, plain(SHORT, "k"));
  }

  @Test
  void purgesAKeyFromStateAndEarlierBlocks() {
    ledger.transientStore().persist("t1", 2, TestChain.plain(OURS, sorted("k", "v", "l", "w")));
    ledger.commit(chain.valid(TestChain.privateWrites("t1", OURS, sorted("k", "v", "l", "w"))));
    ledger.commit(chain.valid(TestChain.purges("t2", OURS, Map.of("k", ""))));

    assertEquals(null, plain(OURS, "k"));
    assertEquals(false, hashed(OURS, "k"));
    assertEquals("w", plain(OURS, "l"));
    List<TxPrivateData> left =
        List.of(new TxPrivateData(0, TestChain.plainSet(OURS, writes(Map.of("l", "w")))));
    assertEquals(left, ledger.privateData().ofBlock(2, CollectionFilter.ALL));
    assertTrue(
        ledger
            .privateData()
            .plainKey(TestChain.CHAINCODE, OURS, Hash.sha256(TestChain.bytes("k")))
            .isPresent());
    empty();
    empty();
    // Block 5 cleans.
    assertTrue(
        ledger
            .privateData()
            .plainKey(TestChain.CHAINCODE, OURS, Hash.sha256(TestChain.bytes("k")))
            .isEmpty());
    assertEquals(left, ledger.privateData().ofBlock(2, CollectionFilter.ALL));
  }

  @Test
  void remembersCollectionsByBlock() {
    ledger.commit(
        chain.valid(TestChain.definition("d2", TestChain.collection(OURS, 7, TestChain.MSP))));
    ledger.commit(chain.valid(TestChain.definition("d3")));
    CollectionHistory history = ledger.collectionHistory();
    assertEquals(Optional.empty(), history.mostRecentBelow(1, TestChain.CHAINCODE));
    assertEquals(
        3, history.mostRecentBelow(2, TestChain.CHAINCODE).get().collections().getConfigCount());
    CollectionHistory.Entry newest = history.mostRecentBelow(99, TestChain.CHAINCODE).get();
    assertEquals(2, newest.committingBlock());
    assertEquals(1, newest.collections().getConfigCount());
    assertEquals(Optional.empty(), history.mostRecentBelow(99, "basi"));
  }

  @Test
  void wantsOldDataOnceItIsAMember() {
    ledger.commit(chain.valid(TestChain.privateWrites("t1", THEIRS, Map.of("k", "v"))));
    assertEquals(List.of(), ledger.privateData().missing(10));
    ledger.commit(
        chain.valid(
            TestChain.definition("d2", TestChain.collection(THEIRS, 0, TestChain.MSP, "Org2MSP"))));
    assertEquals(
        List.of(new MissingPrivateData(2, 0, TestChain.CHAINCODE, THEIRS)),
        ledger.privateData().missing(10));
    ledger.transientStore().persist("t2", 4, TestChain.plain(THEIRS, Map.of("k", "v")));
    ledger.commit(chain.valid(TestChain.privateWrites("t2", THEIRS, Map.of("k", "v"))));
    assertEquals("v", plain(THEIRS, "k"));
  }

  @Test
  void saysWhatIsNotRecordedYet() {
    assertEquals(
        "last committed block number [1] smaller than the requested block number [2]",
        assertThrows(
                LedgerException.class, () -> ledger.privateData().ofBlock(2, CollectionFilter.ALL))
            .getMessage());
  }

  private void commitShort(String txId, Map<String, String> values) {
    Map<String, String> sorted = new TreeMap<>(values);
    ledger.transientStore().persist(txId, 2, TestChain.plain(SHORT, sorted));
    ledger.commit(chain.valid(TestChain.privateWrites(txId, SHORT, sorted)));
  }

  private void empty() {
    ledger.commit(chain.valid());
  }

  private static Map<String, String> sorted(String k1, String v1, String k2, String v2) {
    return new TreeMap<>(Map.of(k1, v1, k2, v2));
  }

  private static KVRWSet writes(Map<String, String> values) {
    KVRWSet.Builder set = KVRWSet.newBuilder();
    values.forEach(
        (key, value) ->
            set.addWrites(
                KVWrite.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value))));
    return set.build();
  }

  private String plain(String collection, String key) {
    return TestLedgers.value(ledger, Namespaces.pvt(TestChain.CHAINCODE, collection), key);
  }

  private boolean hashed(String collection, String key) {
    try (StateSnapshot state = ledger.snapshot()) {
      return state.get(
              Namespaces.hashed(TestChain.CHAINCODE, collection), Hash.sha256(TestChain.bytes(key)))
          != null;
    }
  }
}
