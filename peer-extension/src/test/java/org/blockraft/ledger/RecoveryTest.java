package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateEntry;
import org.blockraft.state.StateSnapshot;
import org.hyperledger.fabric.protos.common.Block;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecoveryTest {
  private static final String OURS = "ours";
  private static final String SHORT = "short";

  private static final List<CommitStep> STEPS = List.of(CommitStep.values());

  @TempDir Path root;

  /** Thrown where the process is to die. */
  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The last block of the tests with a fixed chain, with public and private effects. */
  private static ByteString[] lastBlock() {
    return new ByteString[] {
      TestChain.writes("t1", Map.of("a", "2")),
      TestChain.readsAbsent("t2", List.of("a"), Map.of("b", "no")),
      TestChain.privateWrites("t3", OURS, Map.of("k", "v")),
      TestChain.purges("t4", OURS, Map.of("gone", ""))
    };
  }

  private static Block begin(TestChain chain, Ledger ledger) {
    ledger.commit(
        chain.valid(
            TestChain.definition(
                "define",
                TestChain.collection(OURS, 0, TestChain.MSP),
                TestChain.collection(SHORT, 1, TestChain.MSP))));
    ledger.transientStore().persist("p1", 1, TestChain.plain(OURS, Map.of("gone", "x")));
    ledger.commit(
        chain.valid(
            TestChain.writes("w1", Map.of("a", "1")),
            TestChain.privateWrites("p1", OURS, Map.of("gone", "x"))));
    ledger.transientStore().persist("t3", 3, TestChain.plain(OURS, Map.of("k", "v")));
    ledger.transientStore().persist("t4", 3, TestChain.plain(OURS, Map.of("gone", "")));
    return chain.block(List.of(lastBlock()));
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameWhereverACommitIsCutOff(CommitStep step) {
    byte[] expectedHash;
    Map<String, String> expected;
    try (TestLedgers whole = new TestLedgers(root.resolve("whole"))) {
      TestChain chain = new TestChain();
      Ledger ledger = whole.ledgers.create(chain.genesis());
      ledger.commit(TestChain.validated(begin(chain, ledger)));
      expectedHash = ledger.commitHash();
      expected = contents(ledger);
    }

    Path cutRoot = root.resolve("cut");
    TestChain chain = new TestChain();
    boolean[] armed = {false};
    Block last;
    try (TestLedgers cut =
        new TestLedgers(
            cutRoot,
            TestLedgers.SETTINGS,
            reached -> {
              if (armed[0] && reached == step) {
                throw new Death();
              }
            })) {
      Ledger ledger = cut.ledgers.create(chain.genesis());
      last = begin(chain, ledger);
      armed[0] = true;
      assertThrows(Death.class, () -> ledger.commit(TestChain.validated(last)));
    }

    try (TestLedgers again = new TestLedgers(cutRoot)) {
      Ledger ledger = again.open();
      boolean blockKept = step.compareTo(CommitStep.BLOCK_APPENDED) >= 0;
      assertEquals(blockKept ? 4 : 3, ledger.height());
      if (!blockKept) {
        ledger.commit(TestChain.validated(last));
      }
      assertEquals("v", TestLedgers.value(ledger, Namespaces.pvt(TestChain.CHAINCODE, OURS), "k"));
      assertArrayEquals(expectedHash, ledger.commitHash());
      assertEquals(expected, contents(ledger));
      assertEquals(List.of(), ledger.privateData().missing(9));
      assertEquals(3, ledger.position("t3").orElseThrow().block());
    }
  }

  @Test
  void opensWhereverTheLastBlockIsCut() throws IOException {
    TestChain chain = new TestChain();
    boolean[] armed = {false};
    try (TestLedgers ledgers =
        new TestLedgers(
            root,
            TestLedgers.SETTINGS,
            reached -> {
              if (armed[0] && reached == CommitStep.BLOCK_FORCED) {
                throw new Death();
              }
            })) {
      Ledger ledger = ledgers.ledgers.create(chain.genesis());
      ledger.commit(chain.valid(TestChain.writes("t1", Map.of("a", "1"))));
      armed[0] = true;
      assertThrows(
          Death.class, () -> ledger.commit(chain.valid(TestChain.writes("t2", Map.of("a", "2")))));
    }
    Path file = blockFile(0);
    byte[] whole = Files.readAllBytes(file);
    int lastBegins = lastRecord(whole);
    assertTrue(lastBegins > 0);
    for (int cut = lastBegins; cut < whole.length; cut += cut - lastBegins < 20 ? 5 : 97) {
      Files.write(file, Arrays.copyOf(whole, cut));
      try (TestLedgers ledgers = new TestLedgers(root)) {
        Ledger ledger = ledgers.open();
        assertEquals(2, ledger.height(), "cut at " + cut);
        assertEquals("1", TestLedgers.value(ledger, TestChain.CHAINCODE, "a"));
      }
    }
    Files.write(file, whole);
    try (TestLedgers ledgers = new TestLedgers(root)) {
      assertEquals(3, ledgers.open().height());
      assertEquals("2", TestLedgers.value(ledgers.open(), TestChain.CHAINCODE, "a"));
    }
  }

  @Test
  void makesStateAgainThatIsAheadOfTheBlocks() throws IOException {
    TestChain chain = new TestChain();
    Block last;
    byte[] hash;
    Map<String, String> expected;
    try (TestLedgers ledgers = new TestLedgers(root)) {
      Ledger ledger = ledgers.ledgers.create(chain.genesis());
      last = begin(chain, ledger);
      ledger.commit(TestChain.validated(last));
      hash = ledger.commitHash();
      expected = contents(ledger);
    }
    Path file = blockFile(0);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 5));
    try (TestLedgers ledgers = new TestLedgers(root)) {
      Ledger ledger = ledgers.open();
      assertEquals(3, ledger.height());
      assertEquals("1", TestLedgers.value(ledger, TestChain.CHAINCODE, "a"));
      assertEquals(false, ledger.exists("t1"));
      // The transient store has forgotten it, the private data store has not.
      ledger.commit(TestChain.validated(last));
      assertArrayEquals(hash, ledger.commitHash());
      assertEquals(expected, contents(ledger));
      assertEquals("v", TestLedgers.value(ledger, Namespaces.pvt(TestChain.CHAINCODE, OURS), "k"));
    }
  }

  @Test
  void stopsWhenReplayGivesSomethingElse() throws IOException {
    TestChain chain = new TestChain();
    try (TestLedgers ledgers = new TestLedgers(root)) {
      Ledger ledger = ledgers.ledgers.create(chain.genesis());
      ledger.commit(chain.valid(TestChain.writes("t1", Map.of("a", "1"))));
    }
    Block forged =
        BlockMetadataSlots.fill(
            chain.block(List.of(TestChain.writes("t2", Map.of("a", "2")))),
            new byte[] {0},
            TestChain.filled(32, 7));
    Path directory = root.resolve("chains").resolve(TestChain.CHANNEL).resolve("blocks");
    try (BlockFile file = BlockFile.open(directory, 1 << 20, 0, 0)) {
      file.append(
          2,
          BlockPayload.of(
              forged.getHeader(),
              forged.getData().getDataList(),
              forged.getMetadata().getMetadataList()));
    }
    try (TestLedgers ledgers = new TestLedgers(root)) {
      LedgerException stopped = assertThrows(LedgerException.class, ledgers::open);
      assertTrue(
          stopped.getMessage().startsWith("block 2 of channel testchannel gave commitHash 0707"),
          stopped.getMessage());
    }
  }

  @Test
  void removesALedgerThatWasNotCompletelyCreated() {
    try (TestLedgers ledgers =
        new TestLedgers(
            root,
            TestLedgers.SETTINGS,
            reached -> {
              if (reached == CommitStep.STATE_WRITTEN) {
                throw new Death();
              }
            })) {
      assertThrows(Death.class, () -> ledgers.ledgers.create(new TestChain().genesis()));
      assertEquals(List.of(), ledgers.ledgers.channelIds());
    }
    LedgerStatus.UNDER_CONSTRUCTION.write(root.resolve("chains").resolve("half"));
    try (TestLedgers ledgers = new TestLedgers(root)) {
      assertTrue(Files.notExists(root.resolve("chains").resolve("half")));
      assertEquals(1, ledgers.ledgers.create(new TestChain().genesis()).height());
    }
  }

  /** Random chains, cut off at random steps: always what an undisturbed ledger has. */
  @Test
  void survivesRandomDeaths() {
    for (long seed = 1; seed <= 2; seed++) {
      try {
        survivesRandomDeaths(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private void survivesRandomDeaths(long seed) {
    Random random = new Random(seed);
    CommitStep[] dieAt = {null};
    TestLedgers whole = new TestLedgers(root.resolve("whole" + seed));
    Path cutRoot = root.resolve("cut" + seed);
    TestLedgers cut = dying(cutRoot, dieAt);
    TestChain chain = new TestChain();
    Block genesis = chain.genesis();
    Ledger expected = whole.ledgers.create(genesis);
    Ledger ledger = cut.ledgers.create(genesis);
    Block define =
        chain.block(
            List.of(
                TestChain.definition(
                    "define",
                    TestChain.collection(OURS, 0, TestChain.MSP),
                    TestChain.collection(SHORT, 1, TestChain.MSP))));
    expected.commit(TestChain.validated(define));
    ledger.commit(TestChain.validated(define));
    int deaths = 0;
    for (int i = 2; i < 50; i++) {
      Map<String, Map<String, String>> plain = new HashMap<>();
      Block block = chain.block(randomBlock(i, random, plain));
      plain.forEach(
          (txId, values) -> {
            String collection = txId.endsWith("s") ? SHORT : OURS;
            expected.transientStore().persist(txId, 1, TestChain.plain(collection, values));
          });
      expected.commit(TestChain.validated(block), PrivateDataSource.NONE, random.nextBoolean());
      for (Map.Entry<String, Map<String, String>> entry : plain.entrySet()) {
        String collection = entry.getKey().endsWith("s") ? SHORT : OURS;
        ledger
            .transientStore()
            .persist(entry.getKey(), 1, TestChain.plain(collection, entry.getValue()));
      }
      dieAt[0] = random.nextInt(5) == 0 ? STEPS.get(random.nextInt(STEPS.size())) : null;
      boolean moreFollow = dieAt[0] == null && random.nextInt(4) == 0;
      try {
        ledger.commit(TestChain.validated(block), PrivateDataSource.NONE, moreFollow);
      } catch (Death e) {
        deaths++;
        dieAt[0] = null;
        cut.close();
        cut = dying(cutRoot, dieAt);
        ledger = cut.open();
        if (ledger.height() == i) {
          ledger.commit(TestChain.validated(block));
        }
      }
    }
    expected.force();
    ledger.force();
    assertTrue(deaths > 3);
    assertEquals(50, ledger.height());
    assertEquals(
        HexFormat.of().formatHex(expected.commitHash()),
        HexFormat.of().formatHex(ledger.commitHash()));
    assertEquals(contents(expected), contents(ledger));
    for (long number = 0; number < 50; number++) {
      assertEquals(expected.blockByNumber(number), ledger.blockByNumber(number));
    }
    whole.close();
    cut.close();
  }

  private static TestLedgers dying(Path root, CommitStep[] dieAt) {
    return new TestLedgers(
        root,
        TestLedgers.SETTINGS,
        reached -> {
          if (reached == dieAt[0]) {
            throw new Death();
          }
        });
  }

  private static List<ByteString> randomBlock(
      int number, Random random, Map<String, Map<String, String>> plain) {
    List<ByteString> envelopes = new ArrayList<>();
    int count = random.nextInt(6);
    for (int tx = 0; tx < count; tx++) {
      String txId = "t" + number + "-" + tx;
      Map<String, String> values =
          new TreeMap<>(
              Map.of(
                  "k" + random.nextInt(8),
                  random.nextInt(4) == 0 ? "" : "v" + random.nextInt(),
                  "l" + random.nextInt(8),
                  "w" + random.nextInt()));
      switch (random.nextInt(5)) {
        case 0 -> envelopes.add(TestChain.readsAbsent(txId, List.of("k1"), values));
        case 1 -> {
          plain.put(txId + "s", values);
          envelopes.add(TestChain.privateWrites(txId + "s", SHORT, values));
        }
        case 2 -> {
          plain.put(txId, values);
          envelopes.add(TestChain.privateWrites(txId, OURS, values));
        }
        case 3 -> {
          Map<String, String> purged = Map.of("k" + random.nextInt(8), "");
          plain.put(txId, purged);
          envelopes.add(TestChain.purges(txId, OURS, purged));
        }
        default -> envelopes.add(TestChain.writes(txId, values));
      }
    }
    return envelopes;
  }

  /** The whole state, readable. */
  static Map<String, String> contents(Ledger ledger) {
    Map<String, String> all = new TreeMap<>();
    try (StateSnapshot state = ledger.snapshot();
        StateSnapshot.FullScan rows = state.scan()) {
      while (rows.next()) {
        StateEntry entry = rows.entry();
        all.put(
            rows.namespace() + " " + HexFormat.of().formatHex(entry.key()),
            entry.value().version()
                + " "
                + HexFormat.of().formatHex(entry.value().value())
                + " "
                + HexFormat.of().formatHex(entry.value().metadata()));
      }
    }
    return all;
  }

  private Path blockFile(int number) throws IOException {
    Path directory = root.resolve("chains").resolve(TestChain.CHANNEL).resolve("blocks");
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList().get(number);
    }
  }

  private static int lastRecord(byte[] file) {
    java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(file);
    int at = 0;
    while (true) {
      int next = at + BlockFile.HEADER_BYTES + in.getInt(at + 4);
      if (next == file.length) {
        return at;
      }
      at = next;
    }
  }
}
