package org.blockraft.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.blockraft.state.MemoryState;
import org.blockraft.state.StateEntry;
import org.blockraft.state.StateIterator;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRead;
import org.hyperledger.fabric.protos.peer.TxValidationCode;
import org.junit.jupiter.api.Test;

/**
 * Random blocks, decided once by {@link Mvcc} and once by the rules said again as simply as can be.
 */
class MvccPropertyTest {

  private static final int SEEDS = 60;
  private static final int BLOCKS = 8;
  private static final int TRANSACTIONS = 10;

  /** What the naive rules know: the committed rows, and which keys the block has touched. */
  private final TreeMap<String, Row> committed = new TreeMap<>();

  private TreeMap<String, Row> running = new TreeMap<>();
  private List<String> touched = new ArrayList<>();
  private final MemoryState state = new MemoryState();

  private record Row(String value, Version version) {}

  private record Range(String start, String end, boolean exhausted, List<KVRead> rows) {}

  private record Tx(Map<String, Version> reads, List<Range> ranges, Map<String, String> writes) {}

  @Test
  void sameAsTheNaiveRules() {
    for (int seed = 0; seed < SEEDS; seed++) {
      MvccPropertyTest run = new MvccPropertyTest();
      for (int number = 1; number <= BLOCKS; number++) {
        run.block(number, new Random(1000L * seed + number), "seed " + seed + " block " + number);
      }
    }
  }

  private void block(int number, Random random, String label) {
    List<Tx> transactions = new ArrayList<>();
    SampleBlock block = new SampleBlock(number);
    for (int i = 0; i < TRANSACTIONS; i++) {
      Tx tx = simulate(random);
      transactions.add(tx);
      block.tx();
      tx.reads().forEach(block::read);
      for (Range range : tx.ranges()) {
        block.range(
            range.start(), range.end(), range.exhausted(), range.rows().toArray(KVRead[]::new));
      }
      tx.writes().forEach(block::write);
    }
    MvccOutcome outcome = Mvcc.decide(block.build(), state, PrivateWriteSets.NONE);
    running = new TreeMap<>(committed);
    touched = new ArrayList<>();
    for (int i = 0; i < TRANSACTIONS; i++) {
      TxValidationCode expected = naive(transactions.get(i), new Version(number, i));
      assertEquals(
          expected, TxValidationCode.forNumber(outcome.flags()[i]), label + " transaction " + i);
    }
    state.apply(outcome.publicAndHashed(), number + 1L);
    committed.clear();
    committed.putAll(running);
    assertEquals(committed, rows(), label);
  }

  private TxValidationCode naive(Tx tx, Version version) {
    for (Map.Entry<String, Version> read : tx.reads().entrySet()) {
      Row row = committed.get(read.getKey());
      boolean same = row == null ? read.getValue() == null : row.version().equals(read.getValue());
      if (touched.contains(read.getKey()) || !same) {
        return TxValidationCode.MVCC_READ_CONFLICT;
      }
    }
    for (Range range : tx.ranges()) {
      List<KVRead> now = new ArrayList<>();
      running.forEach(
          (key, row) -> {
            boolean inside = key.compareTo(range.start()) >= 0 && key.compareTo(range.end()) < 0;
            if (inside || (!range.exhausted() && key.equals(range.end()))) {
              now.add(SampleBlock.kvRead(key, row.version()));
            }
          });
      if (!now.equals(range.rows())) {
        return TxValidationCode.PHANTOM_READ_CONFLICT;
      }
    }
    tx.writes()
        .forEach(
            (key, value) -> {
              touched.add(key);
              if (value.isEmpty()) {
                running.remove(key);
              } else {
                running.put(key, new Row(value, version));
              }
            });
    return TxValidationCode.VALID;
  }

  /** Reads the committed rows as a simulation would, now and then a stale version. */
  private Tx simulate(Random random) {
    Tx tx = new Tx(new TreeMap<>(), new ArrayList<>(), new TreeMap<>());
    for (int i = random.nextInt(3); i > 0; i--) {
      String key = key(random);
      Row row = committed.get(key);
      Version version = row == null ? null : row.version();
      tx.reads().put(key, random.nextInt(20) == 0 ? new Version(0, 7) : version);
    }
    if (random.nextInt(3) == 0) {
      tx.ranges().add(range(random));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      tx.writes().put(key(random), random.nextInt(4) == 0 ? "" : "v" + random.nextInt(100));
    }
    return tx;
  }

  private Range range(Random random) {
    String start = key(random);
    String end = key(random);
    int wanted = random.nextInt(6);
    List<KVRead> rows = new ArrayList<>();
    if (start.compareTo(end) < 0) {
      for (Map.Entry<String, Row> row : committed.subMap(start, end).entrySet()) {
        rows.add(SampleBlock.kvRead(row.getKey(), row.getValue().version()));
        if (rows.size() == wanted) {
          return new Range(start, row.getKey(), false, rows);
        }
      }
    }
    return new Range(start, end, true, rows);
  }

  private Map<String, Row> rows() {
    TreeMap<String, Row> rows = new TreeMap<>();
    try (StateIterator iterator = state.range(SampleBlock.NAMESPACE, new byte[0], new byte[0])) {
      for (StateEntry row = iterator.next(); row != null; row = iterator.next()) {
        rows.put(
            new String(row.key(), StandardCharsets.UTF_8),
            new Row(
                new String(row.value().value(), StandardCharsets.UTF_8), row.value().version()));
      }
    }
    return rows;
  }

  private static String key(Random random) {
    return "k" + (char) ('a' + random.nextInt(20));
  }
}
