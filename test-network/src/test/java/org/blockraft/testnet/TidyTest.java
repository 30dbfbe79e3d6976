package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not check: layers, sizes, banned calls. */
final class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int FILE_LINES_MAX = 500;
  private static final int METHOD_LINES_MAX = 70;

  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?org\\.blockraft\\.([a-z]+)\\.", Pattern.MULTILINE);

  private static final Pattern METHOD =
      Pattern.compile(
          "^  (?! |return |throw |new |else |\\}|//|/?\\*)[^=;]*\\) ?(?:throws [^{;]+)?\\{$");

  /** Which packages a package may import; what is not listed may import nothing of ours. */
  private static final Map<String, Set<String>> LAYERS =
      Map.ofEntries(
          Map.entry("merkle", Set.of("state")),
          Map.entry("simulation", Set.of("state")),
          Map.entry("chaincode", Set.of("simulation")),
          Map.entry("intake", Set.of("identity")),
          Map.entry("cluster", Set.of("coordination", "identity")),
          Map.entry("validate", Set.of("intake", "identity", "cluster", "state")),
          Map.entry("mvcc", Set.of("validate", "state", "simulation")),
          Map.entry(
              "ledger",
              Set.of("mvcc", "validate", "intake", "state", "merkle", "simulation", "identity")),
          Map.entry(
              "lifecycle",
              Set.of(
                  "identity", "simulation", "state", "chaincode", "ledger", "validate", "intake")),
          Map.entry(
              "endorse",
              Set.of("identity", "simulation", "chaincode", "lifecycle", "ledger", "state")),
          Map.entry(
              "replication",
              Set.of(
                  "cluster",
                  "coordination",
                  "endorse",
                  "identity",
                  "intake",
                  "ledger",
                  "lifecycle",
                  "validate")),
          Map.entry("worker", Set.of("chaincode", "cluster", "endorse", "replication", "validate")),
          Map.entry("dispatch", Set.of("cluster", "endorse", "worker")),
          Map.entry(
              "ingress",
              Set.of(
                  "dispatch",
                  "ledger",
                  "identity",
                  "endorse",
                  "lifecycle",
                  "intake",
                  "validate",
                  "worker",
                  "merkle",
                  "state")),
          Map.entry("gossip", Set.of("identity", "ledger")));

  /** The composition root and what stands around the product see everything. */
  private static final Set<String> SEES_ALL =
      Set.of("peer", "operations", "testnet", "differential", "bench");

  private static final List<String> BANNED =
      List.of(
          "System.out.",
          "System.err.",
          "printStackTrace",
          "new Random()",
          "Math.random",
          "new RuntimeException(",
          "System.currentTimeMillis",
          "Instant.now()",
          "TODO",
          "FIXME");

  private static List<Path> sources(String kind) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(f -> f.toString().endsWith(".java"))
          .filter(f -> f.toString().contains("/src/" + kind + "/java/"))
          .sorted()
          .toList();
    }
  }

  private static String packageOf(Path file) {
    return file.getParent().getFileName().toString();
  }

  @Test
  void packagesImportOnlyWhatTheirLayerAllows() throws IOException {
    Set<String> violations = new TreeSet<>();
    for (Path file : sources("main")) {
      String own = packageOf(file);
      if (SEES_ALL.contains(own)) {
        continue;
      }
      Matcher imports = IMPORT.matcher(Files.readString(file));
      while (imports.find()) {
        String other = imports.group(1);
        if (!other.equals(own) && !LAYERS.getOrDefault(own, Set.of()).contains(other)) {
          violations.add(own + " imports " + other + " in " + file.getFileName());
        }
      }
    }
    assertEquals(Set.of(), violations);
  }

  @Test
  void filesAndMethodsAreSmall() throws IOException {
    List<String> large = new ArrayList<>();
    for (String kind : List.of("main", "test")) {
      for (Path file : sources(kind)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() > FILE_LINES_MAX) {
          large.add("%s has %d lines".formatted(ROOT.relativize(file), lines.size()));
        }
        longMethods(ROOT.relativize(file), lines, large);
      }
    }
    assertEquals(List.of(), large);
  }

  private static void longMethods(Path file, List<String> lines, List<String> large) {
    for (int i = 0; i < lines.size(); i++) {
      if (METHOD.matcher(lines.get(i)).find()) {
        int end = i + 1;
        while (end < lines.size() && !lines.get(end).equals("  }")) {
          end++;
        }
        if (end - i - 1 > METHOD_LINES_MAX) {
          large.add("%s:%d: method of %d lines".formatted(file, i + 1, end - i - 1));
        }
      }
    }
  }

  @Test
  void bannedCallsAreNotMade() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources("main")) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        for (String banned : BANNED) {
          if (lines.get(i).contains(banned)) {
            found.add("%s:%d: %s".formatted(ROOT.relativize(file), i + 1, banned));
          }
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void whatHoldsAClusterTogetherKnowsNoWallClock() throws IOException {
    // Wall clocks jump: terms, leases and silence are told by the monotonic one.
    Set<String> packages = Set.of("coordination", "cluster", "replication", "dispatch", "worker");
    Pattern clocks = Pattern.compile("java\\.time\\.(Instant|Clock|Local)|java\\.util\\.Date");
    List<String> found = new ArrayList<>();
    for (Path file : sources("main")) {
      if (packages.contains(packageOf(file)) && clocks.matcher(Files.readString(file)).find()) {
        found.add(ROOT.relativize(file).toString());
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void everyMetricIsDocumented() throws IOException {
    String documented = Files.readString(ROOT.resolve("docs/metrics.md"));
    Pattern meter =
        Pattern.compile("(?:Counter|Gauge|Summary)\\s*\\.builder\\(\\s*\"([a-z_.]+[a-z])\"");
    Set<String> missing = new TreeSet<>();
    for (Path file : sources("main")) {
      Matcher meters = meter.matcher(Files.readString(file));
      while (meters.find()) {
        String name = meters.group(1).replace('.', '_');
        if (!documented.contains("`" + name + "`")) {
          missing.add(name);
        }
      }
    }
    assertEquals(Set.of(), missing);
  }

  @Test
  void testsDoNotSleep() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources("test")) {
      if (!file.endsWith("TidyTest.java") && Files.readString(file).contains("Thread.sleep")) {
        found.add(ROOT.relativize(file).toString());
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void theTopLevelHoldsSixModules() throws IOException {
    try (Stream<Path> entries = Files.list(ROOT)) {
      Set<String> modules = new TreeSet<>();
      entries
          .filter(e -> Files.exists(e.resolve("pom.xml")))
          .forEach(e -> modules.add(e.getFileName().toString()));
      assertEquals(
          Set.of(
              "chaincode-runtime",
              "etcd-coordinator",
              "merkle-statedb",
              "network-configs",
              "peer-extension",
              "test-network"),
          modules);
    }
    assertTrue(Files.exists(ROOT.resolve("README.md")), "README.md");
  }
}
