package org.blockraft.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test vectors of {@code docs/merkle.md}: what stands there is what the naive tree gives, and
 * the real tree, and the verifier takes it.
 */
final class MerkleVectorsTest {
  private static final Path PAGE = Path.of("..", "docs", "merkle.md");
  private static final HexFormat HEX = HexFormat.of();

  /** Leaves of the vectors, in the order in which the trees take them in. */
  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("basic", text("asset1"), text("blue"), "", 5, 0),
          new Entry("basic", text("asset2"), text("red"), "0a020801", 5, 1),
          new Entry("basic", HEX.parseHex("00636f6c6f7200726564006100"), text("\0"), "", 6, 300),
          new Entry("_lifecycle", text("namespaces/fields/basic/Sequence"), one(), "", 3, 0),
          new Entry("basic$$hdeals", sha256("deal1"), sha256("42"), "", 1L << 33, 0));

  /** With several leaves, with one, and without, by leaves on either side. */
  private static final List<String> RANGES = List.of("0", "1", "0001", "11", "000000001");

  private final ExecutorService workers = Executors.newFixedThreadPool(2);

  @TempDir private Path folder;

  private record Entry(
      String namespace, byte[] key, byte[] value, String metadata, long block, long tx) {
    byte[] position() {
      return ProofVerifier.position(namespace.getBytes(StandardCharsets.UTF_8), key);
    }

    byte[] content() {
      return ProofVerifier.content(block, tx, HEX.parseHex(metadata), value);
    }
  }

  @AfterEach
  void close() {
    workers.shutdown();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] one() {
    return new byte[] {8, 1};
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text(text));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** What the page must say. */
  private List<String> expected() {
    List<String> lines = new ArrayList<>();
    NaiveTree tree = new NaiveTree();
    add(lines, "root 0", tree.root());
    for (int i = 0; i < ENTRIES.size(); i++) {
      Entry entry = ENTRIES.get(i);
      int n = i + 1;
      lines.add("namespace " + n + " = " + entry.namespace());
      add(lines, "key " + n, entry.key());
      add(lines, "value " + n, entry.value());
      add(lines, "metadata " + n, HEX.parseHex(entry.metadata()));
      lines.add("version " + n + " = " + entry.block() + " " + entry.tx());
      add(lines, "position " + n, entry.position());
      add(lines, "content " + n, entry.content());
      tree.put(entry.position(), entry.content());
      add(lines, "root " + n, tree.root());
    }
    add(lines, "proof of key 1", tree.proof(ENTRIES.get(0).position()));
    add(lines, "absent key", text("asset9"));
    add(lines, "proof of absence", tree.proof(absent()));
    for (String prefix : RANGES) {
      lines.add("proof of range " + prefix + " = " + hex(range(tree, prefix)));
    }
    return lines;
  }

  private static byte[] absent() {
    return ProofVerifier.position(text("basic"), text("asset9"));
  }

  private static byte[] range(NaiveTree tree, String prefix) {
    return tree.rangeProof(bits(prefix), prefix.length());
  }

  private static byte[] bits(String prefix) {
    byte[] bits = new byte[32];
    for (int i = 0; i < prefix.length(); i++) {
      bits[i / 8] |= (byte) ((prefix.charAt(i) - '0') << (7 - i % 8));
    }
    return bits;
  }

  private static void add(List<String> lines, String name, byte[] value) {
    lines.add(name + " = " + hex(value));
  }

  private static String hex(byte[] value) {
    return HEX.formatHex(value);
  }

  private static List<String> documented() throws Exception {
    String page = Files.readString(PAGE);
    String section = page.substring(page.indexOf("## Test vectors"));
    int begin = section.indexOf("```\n") + 4;
    return section
        .substring(begin, section.indexOf("```", begin))
        .lines()
        .map(String::strip)
        .toList();
  }

  @Test
  void thePageSaysWhatTheNaiveTreeGives() throws Exception {
    List<String> expected = expected().stream().map(String::strip).toList();
    assertEquals(String.join("\n", expected), String.join("\n", documented()));
  }

  @Test
  void theVerifierTakesWhatThePageSays() throws Exception {
    Map<String, String> page = new LinkedHashMap<>();
    for (String line : documented()) {
      String[] parts = line.split(" =", 2);
      page.put(parts[0], parts[1].strip());
    }
    byte[] root = HEX.parseHex(page.get("root 5"));
    assertArrayEquals(
        HEX.parseHex(page.get("position 1")),
        ProofVerifier.position(text(page.get("namespace 1")), HEX.parseHex(page.get("key 1"))));
    byte[] position = HEX.parseHex(page.get("position 1"));
    byte[] content = HEX.parseHex(page.get("content 1"));
    byte[] proof = HEX.parseHex(page.get("proof of key 1"));
    assertTrue(ProofVerifier.includes(root, position, content, proof));
    byte[] absence = HEX.parseHex(page.get("proof of absence"));
    assertTrue(ProofVerifier.excludes(root, absent(), absence));
    int ranges = 0;
    for (Map.Entry<String, String> line : page.entrySet()) {
      if (line.getKey().startsWith("proof of range")) {
        ranges++;
        String prefix = line.getKey().substring("proof of range".length()).strip();
        List<ProofVerifier.Leaf> leaves =
            ProofVerifier.range(root, bits(prefix), prefix.length(), HEX.parseHex(line.getValue()))
                .orElseThrow();
        long there = ENTRIES.stream().filter(e -> begins(e.position(), prefix)).count();
        assertEquals(there, leaves.size(), "range " + prefix);
      }
    }
    assertEquals(5, ranges);
  }

  private static boolean begins(byte[] position, String prefix) {
    byte[] bits = bits(prefix);
    return EntryOrder.begins(position, 0, bits, prefix.length());
  }

  @Test
  void theTreeGivesWhatThePageSays() throws Exception {
    List<String> page = documented();
    try (KeyValueStore store =
        KeyValueStore.open(
            folder, List.of(TreeStore.TREE, TreeStore.CHANGES), KeyValueLimits.SMALL)) {
      TreeSettings settings = new TreeSettings(2, 1 << 20, 10, 1, 100, 8);
      MerkleTree tree = MerkleTree.open(new TreeStore(store), settings, workers);
      assertTrue(page.contains("root 0 = " + hex(tree.root())));
      for (int i = 0; i < ENTRIES.size(); i++) {
        byte[] entry = Arrays.copyOf(ENTRIES.get(i).position(), ChangeSet.ENTRY_BYTES);
        System.arraycopy(ENTRIES.get(i).content(), 0, entry, 32, 32);
        tree.apply(ChangeSet.sorted(entry), i + 1);
        assertTrue(page.contains("root " + (i + 1) + " = " + hex(tree.root())), "root " + i);
      }
      byte[] there = tree.prove(ENTRIES.get(0).position()).bytes();
      assertTrue(page.contains("proof of key 1 = " + hex(there)));
      assertTrue(page.contains("proof of absence = " + hex(tree.prove(absent()).bytes())));
      for (String prefix : RANGES) {
        byte[] proof = tree.range(bits(prefix), prefix.length(), 10).orElseThrow().bytes();
        assertTrue(page.contains(("proof of range " + prefix + " = " + hex(proof))), prefix);
      }
    }
  }
}
