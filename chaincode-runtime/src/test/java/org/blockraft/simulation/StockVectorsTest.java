package org.blockraft.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.MessageLite;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;
import org.junit.jupiter.api.Test;

/** Replays what was recorded from the Go implementation. */
class StockVectorsTest {

  @Test
  void shouldBuildTheSameReadWriteSets() throws IOException {
    ReadWriteSetBuilder set = new ReadWriteSetBuilder();
    String current = "";
    int compared = 0;
    for (String line : lines("read-write-sets.txt")) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "case" -> {
          set = new ReadWriteSetBuilder();
          current = line;
        }
        case "public" -> {
          assertEquals(line, "public " + digest(set.buildPublic()), current);
          compared++;
        }
        case "private" -> assertEquals(line, "private " + digest(set.buildPrivate()), current);
        default -> replay(words, set);
      }
    }
    assertEquals(60, compared);
  }

  @Test
  void shouldSummariseTheSameRangeQueries() throws IOException {
    List<String> recorded = lines("range-queries.txt");
    assertEquals(436, recorded.size());
    for (String line : recorded) {
      String[] words = line.split(" ");
      RangeQueryInfo info =
          query(Integer.parseInt(words[0]), "start", "end", true, Integer.parseInt(words[1]));
      assertEquals(line, words[0] + " " + words[1] + " " + digest(info));
    }
  }

  private static void replay(String[] words, ReadWriteSetBuilder set) {
    String namespace = text(words[1]);
    switch (words[0]) {
      case "read" -> set.read(namespace, text(words[2]), version(words[3]));
      case "write" -> set.write(namespace, text(words[2]), bytes(words[3]));
      case "metadata" -> set.writeMetadata(namespace, text(words[2]), metadata(words, 3));
      case "pread" -> set.readPrivate(namespace, text(words[2]), text(words[3]), version(words[4]));
      case "pwrite" -> set.writePrivate(namespace, text(words[2]), text(words[3]), bytes(words[4]));
      case "pmetadata" ->
          set.writePrivateMetadata(namespace, text(words[2]), text(words[3]), metadata(words, 4));
      case "purge" -> set.purgePrivate(namespace, text(words[2]), text(words[3]));
      case "range" ->
          set.rangeQuery(
              namespace,
              query(
                  RangeQueryHasher.SIMULATION_DEGREE,
                  text(words[2]),
                  text(words[3]),
                  Boolean.parseBoolean(words[4]),
                  Integer.parseInt(words[5])));
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static RangeQueryInfo query(
      int degree, String start, String end, boolean exhausted, int rows) {
    RangeQueryHasher hasher = new RangeQueryHasher(degree);
    for (int i = 0; i < rows; i++) {
      hasher.add(RangeQueryHasher.row("key_" + i, new Version(1, i)));
    }
    hasher.finish();
    RangeQueryInfo.Builder info =
        RangeQueryInfo.newBuilder().setStartKey(start).setEndKey(end).setItrExhausted(exhausted);
    hasher.recordInto(info);
    return info.build();
  }

  private static List<String> lines(String resource) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(StockVectorsTest.class.getResourceAsStream(resource), UTF_8))) {
      return in.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static String digest(MessageLite message) {
    if (message == null) {
      return "-";
    }
    byte[] bytes = message.toByteArray();
    return bytes.length + " " + HexFormat.of().formatHex(Sha256.of(bytes));
  }

  private static Map<String, byte[]> metadata(String[] words, int from) {
    Map<String, byte[]> metadata = new LinkedHashMap<>();
    for (int i = from; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      metadata.put(text(words[i].substring(0, equals)), bytes(words[i].substring(equals + 1)));
    }
    return metadata;
  }

  private static Version version(String word) {
    if (word.equals("-")) {
      return null;
    }
    int comma = word.indexOf(',');
    return new Version(
        Long.parseUnsignedLong(word.substring(0, comma)),
        Long.parseUnsignedLong(word.substring(comma + 1)));
  }

  private static String text(String word) {
    return new String(bytes(word), UTF_8);
  }

  private static byte[] bytes(String word) {
    return word.equals("-") ? new byte[0] : HexFormat.of().parseHex(word);
  }
}
