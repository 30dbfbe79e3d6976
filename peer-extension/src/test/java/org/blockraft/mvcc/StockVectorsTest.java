package org.blockraft.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.state.MemoryState;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateEntry;
import org.blockraft.state.StateIterator;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.MetadataWrite;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replays chains that a stock v2.5.16 ledger has committed and expects the same flags, the same
 * commit hashes and the same state. The chains are random: simulated transactions that conflict in
 * every way, configuration transactions, missing private data, read-write sets that name keys
 * several times.
 */
class StockVectorsTest {

  private final MemoryState state = new MemoryState();
  private byte[] commitHash = {};
  private byte[] flags = {};
  private String expectedState = "";

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14})
  void sameFlagsCommitHashAndState(int seed) throws IOException {
    for (String line : lines(seed)) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "flags" -> flags = HexFormat.of().parseHex(words[1]);
        case "block" -> commit(words);
        case "state" -> expectedState = new String(base64(words[1]), StandardCharsets.UTF_8);
        default -> throw new IllegalStateException(words[0]);
      }
    }
    assertEquals(expectedState.lines().sorted().toList(), dump());
  }

  private void commit(String[] words) throws IOException {
    Block block = Block.parseFrom(base64(words[1]));
    VerifiedBlock verified =
        new VerifiedBlock(
            block,
            ByteString.copyFrom(base64(words[1])),
            BlockHeaders.headerHash(block.getHeader()));
    Map<Integer, TxPvtReadWriteSet> sets = new HashMap<>();
    for (int i = 2; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      sets.put(
          Integer.parseInt(words[i].substring(0, equals)),
          TxPvtReadWriteSet.parseFrom(base64(words[i].substring(equals + 1))));
    }
    boolean genesis = verified.number() == 0;
    ValidatedBlock validated =
        genesis ? ValidatedBlock.allValid(verified) : ValidatedBlock.withFlags(verified, flags);
    PrivateWriteSets privateWriteSets = new PrivateWriteSets(sets);
    MvccOutcome outcome = Mvcc.decide(validated, state, privateWriteSets);
    assertArrayEquals(
        block.getMetadata().getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE).toByteArray(),
        outcome.flags(),
        "flags of block " + verified.number());
    if (!genesis) {
      commitHash = CommitHash.next(commitHash, outcome.flags(), outcome.updatesBytes());
      ByteString slot = block.getMetadata().getMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE);
      assertEquals(
          Metadata.parseFrom(slot).getValue(),
          ByteString.copyFrom(commitHash),
          "commit hash of block " + verified.number());
    }
    replayGivesTheSame(verified, outcome, privateWriteSets);
    state.apply(outcome.publicAndHashed(), verified.number() + 1);
    state.apply(outcome.privateUpdates(), verified.number() + 1);
  }

  private void replayGivesTheSame(
      VerifiedBlock block, MvccOutcome outcome, PrivateWriteSets privateWriteSets) {
    MvccOutcome replayed =
        Mvcc.replay(ValidatedBlock.withFlags(block, outcome.flags()), state, privateWriteSets);
    assertArrayEquals(outcome.flags(), replayed.flags());
    assertArrayEquals(outcome.updatesBytes(), replayed.updatesBytes());
    assertEquals(outcome.privateUpdates().size(), replayed.privateUpdates().size());
  }

  private List<String> dump() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String namespace : List.of("cc1", "cc2", "odd", "big")) {
      for (StateEntry row : rows(namespace)) {
        lines.add(
            "%s %s %s %s"
                .formatted(
                    namespace, hex(row.key()), hex(row.value().value()), metadata(row.value())));
      }
    }
    for (String namespace : List.of("cc1", "cc2")) {
      for (String collection : List.of("collA", "collB")) {
        dumpCollection(namespace, collection, lines);
      }
    }
    return lines.stream().sorted().toList();
  }

  /** Stock's dump goes by key, ours by hash: the expected lines tell which keys there are. */
  private void dumpCollection(String namespace, String collection, List<String> lines)
      throws IOException {
    Map<String, VersionedValue> hashes = new HashMap<>();
    for (StateEntry row : rows(Namespaces.hashed(namespace, collection))) {
      hashes.put(hex(row.key()), row.value());
    }
    String prefix = namespace + "/" + collection;
    for (String line : expectedState.lines().filter(l -> l.startsWith(prefix)).toList()) {
      byte[] key = HexFormat.of().parseHex(line.split(" ")[1]);
      VersionedValue hash = hashes.remove(hex(CommitHash.sha256().digest(key)));
      if (hash != null) {
        VersionedValue value = state.get(Namespaces.pvt(namespace, collection), key);
        boolean stale = value == null || !value.version().equals(hash.version());
        lines.add(
            "%s %s %s %s %s"
                .formatted(
                    prefix,
                    hex(key),
                    hex(hash.value()),
                    metadata(hash),
                    stale ? "stale" : hex(value.value())));
      }
    }
    assertEquals(Map.of(), hashes, "hashes that stock does not have");
  }

  private List<StateEntry> rows(String namespace) {
    List<StateEntry> rows = new ArrayList<>();
    try (StateIterator iterator = state.range(namespace, new byte[0], new byte[0])) {
      for (StateEntry row = iterator.next(); row != null; row = iterator.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static String metadata(VersionedValue value) throws IOException {
    StringBuilder text = new StringBuilder("-");
    Map<String, String> entries = new TreeMap<>();
    for (KVMetadataEntry entry : KVMetadataWrite.parseFrom(value.metadata()).getEntriesList()) {
      entries.put(entry.getName(), hex(entry.getValue().toByteArray()));
      assertArrayEquals(
          entry.getValue().toByteArray(), MetadataWrite.entryOf(value.metadata(), entry.getName()));
    }
    entries.forEach((name, hex) -> text.append(name).append('=').append(hex).append(';'));
    return text.toString();
  }

  private static List<String> lines(int seed) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    StockVectorsTest.class.getResourceAsStream("stock-%d.txt.gz".formatted(seed))),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] base64(String text) {
    return Base64.getDecoder().decode(text);
  }
}
