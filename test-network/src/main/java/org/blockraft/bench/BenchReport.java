package org.blockraft.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Everything that was measured, as a table and as a file. */
final class BenchReport {
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(30);
  private static final String CELL = "%9s %8s";

  private final BenchPlan plan;
  private final List<String> arguments;
  private final List<BenchResult> results = new ArrayList<>();
  private final Map<String, Object> environment = new LinkedHashMap<>();

  BenchReport(BenchPlan plan, List<String> arguments) {
    this.plan = plan;
    this.arguments = arguments;
  }

  void add(BenchResult result) {
    results.add(result);
  }

  /** Notes the machine and the versions of the programs. */
  void environment(BenchNetwork network, boolean stock) throws IOException {
    environment.putAll(machine(network, stock));
  }

  /** The machine and the versions of the programs. */
  static Map<String, Object> machine(BenchNetwork network, boolean stock) throws IOException {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("time", InstantSource.system().instant().toString());
    environment.put("processors", Runtime.getRuntime().availableProcessors());
    environment.put("processor", firstValue(Path.of("/proc/cpuinfo"), "model name"));
    environment.put("memory", firstValue(Path.of("/proc/meminfo"), "MemTotal"));
    environment.put("load", Files.readString(Path.of("/proc/loadavg")).strip());
    environment.put("system", System.getProperty("os.name") + System.getProperty("os.version"));
    environment.put("java", System.getProperty("java.vm.version"));
    environment.put("ours", version(network, network.peerCommand(false)));
    environment.put("orderer", stock ? "stock" : "development orderer");
    if (stock) {
      environment.put("stock", version(network, network.peerCommand(true)));
    }
    return environment;
  }

  private static String version(BenchNetwork network, List<String> peerCommand) {
    List<String> command = List.of(peerCommand.getFirst(), "version");
    return network.processes().run(command, Map.of(), VERSION_TIMEOUT).strip();
  }

  private static String firstValue(Path file, String key) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "%d transactions in blocks of %d; %d proposals in flight over %d connections"
            .formatted(
                plan.transactions(),
                BenchNetwork.BLOCK_TRANSACTIONS,
                BenchClient.IN_FLIGHT,
                BenchClient.CONNECTIONS));
    lines.add("");
    String numbers = CELL.formatted("per s", "CPU us");
    lines.add(
        BenchResult.line(
            "", "", CELL.formatted("catch-up", ""), CELL.formatted("read", ""), "    write"));
    lines.add(BenchResult.line("peer", "run", numbers, numbers, numbers));
    results.forEach(result -> lines.add(result.line()));
    for (String peer : plan.peers()) {
      lines.add(
          BenchResult.line(
              peer,
              "median",
              medians(peer, BenchResult::catchUp),
              medians(peer, BenchResult::read),
              medians(peer, BenchResult::write)));
    }
    return lines;
  }

  private String medians(String peer, Function<BenchResult, BenchResult.Phase> phase) {
    return "%9.0f %8.0f"
        .formatted(
            median(peer, r -> phase.apply(r).perSecond()),
            median(peer, r -> phase.apply(r).cpuMicros()));
  }

  private double median(String peer, Function<BenchResult, Double> figure) {
    List<Double> sorted =
        results.stream().filter(r -> r.peer().equals(peer)).map(figure).sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  void write(Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("arguments", arguments);
    all.put("environment", environment);
    all.put("plan", plan.toString());
    all.put("results", results.stream().map(BenchResult::facts).toList());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }
}
