package org.blockraft.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.blockraft.bench.TreeBench.Mode;
import org.blockraft.merkle.TreeSettings;
import org.blockraft.testnet.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the Merkle tree beside other ways to have a root of the state. */
@Command(
    name = "tree",
    description = {
      "Compare the Merkle tree behind the commit with other ways to keep one.",
      "On the same keys and blocks, in turn: the state alone; the state with the tree behind it;"
          + " the state with the tree inside each commit; the tree alone; the tree by one thread"
          + " that brings the root up to date for each update; the serial tree of the paper."
    },
    mixinStandardHelpOptions = true)
public final class TreeCommand implements Callable<Integer> {
  private static final String LINE = "%9s  %-8s %9s %12s %9s %9s";
  private static final long MIB = 1 << 20;

  /** Of a slow tree fewer blocks do. */
  private static final int SLOW_PART = 20;

  @Spec private CommandSpec spec;

  @Option(
      names = "-keys",
      split = ",",
      defaultValue = "1000,100000,1000000",
      description = "In the state.")
  private List<Integer> keys;

  @Option(names = "-updates", defaultValue = "1000000", description = "In each run.")
  private int updates;

  @Option(names = "-block", defaultValue = "1000", description = "Updates in each block.")
  private int block;

  @Option(names = "-workload", defaultValue = "disjoint", description = "disjoint, wallet, voting.")
  private TreeWorkload.Kind workload;

  @Option(
      names = "-conflict",
      defaultValue = "0",
      description = "Percent of transactions that touch one of the ten busiest keys.")
  private int conflict;

  @Option(names = "-threads", defaultValue = "2", description = "Of the tree.")
  private int threads;

  @Option(names = "-cache", defaultValue = "256", description = "MiB of pages in memory.")
  private long cacheMib;

  @Option(names = "-checkpoint", defaultValue = "1000", description = "Blocks between two.")
  private int checkpointBlocks;

  @Option(names = "-repeat", defaultValue = "3", description = "Rounds; the first warms up.")
  private int repetitions;

  @Option(
      names = "-modes",
      split = ",",
      defaultValue = "state,behind,inside,tree,serial,paper",
      description = "Which, in this order.")
  private List<Mode> modes;

  @Option(names = "-folder", description = "For the stores.")
  private Path folder;

  @Option(names = "-json", description = "File for the results; tree.json in the folder.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Path root = folder == null ? Main.folder().root().resolveSibling(".tree") : folder;
    Path file = json == null ? root.resolve("tree.json") : json;
    Files.createDirectories(root);
    List<Map<String, Object>> facts = new ArrayList<>();
    say(LINE.formatted("keys", "mode", "updates", "updates/s", "CPU us", "lag max"));
    for (int count : keys) {
      Path store = root.resolve("store");
      BenchFiles.delete(store);
      TreeWorkload load = new TreeWorkload(workload, count, block, conflict, 1);
      TreeSettings settings =
          new TreeSettings(threads, cacheMib * MIB, checkpointBlocks, 1, 1000, 64);
      try (TreeBench bench = new TreeBench(store, load, settings)) {
        bench.load();
        long first = 0;
        for (int round = 0; round < repetitions; round++) {
          for (Mode mode : modes) {
            boolean slow = mode == Mode.SERIAL || mode == Mode.PAPER;
            int blocks = Math.max(1, updates / block / (slow ? SLOW_PART : 1));
            TreeBench.Result result = bench.run(mode, first, blocks);
            first += blocks;
            say(line(count, result));
            facts.add(facts(count, round, result));
          }
        }
      }
      BenchFiles.delete(store);
    }
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(
            file.toFile(),
            Map.of(
                "arguments",
                spec.commandLine().getParseResult().originalArgs(),
                "processors",
                Runtime.getRuntime().availableProcessors(),
                "heapBytesMax",
                Runtime.getRuntime().maxMemory(),
                "runs",
                facts));
    say("written to " + file);
    return 0;
  }

  private static String line(int count, TreeBench.Result result) {
    return LINE.formatted(
        count,
        result.mode().title(),
        result.updates(),
        Math.round(result.perSecond()),
        "%.2f".formatted(result.cpuMicros()),
        result.lagBlocksMax());
  }

  private static Map<String, Object> facts(int count, int round, TreeBench.Result result) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("keys", count);
    facts.put("round", round);
    facts.put("mode", result.mode().title());
    facts.put("updates", result.updates());
    facts.put("updatesPerSecond", result.perSecond());
    facts.put("cpuMicros", result.cpuMicros());
    facts.put("lagBlocksMax", result.lagBlocksMax());
    return facts;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
