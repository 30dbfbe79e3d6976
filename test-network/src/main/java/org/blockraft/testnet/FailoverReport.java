package org.blockraft.testnet;

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

/** What clients saw of a number of faults, as a table and as a file. */
final class FailoverReport {
  private static final double P50 = 0.5;
  private static final double P99 = 0.99;
  private static final String ROW = "%-28s %8s %8s %8s";

  private final List<FailoverDrill.Failover> faults = new ArrayList<>();
  private final NodeFault fault;

  FailoverReport(NodeFault fault) {
    this.fault = fault;
  }

  void add(FailoverDrill.Failover seen) {
    faults.add(seen);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(ROW.formatted("longest gap, ms", "p50", "p99", "max"));
    lines.add(row("endorsements, fault", FailoverDrill.Failover::endorsementGap));
    lines.add(row("commits, fault", FailoverDrill.Failover::commitGap));
    lines.add(row("endorsements, before", FailoverDrill.Failover::quietEndorsementGap));
    lines.add(row("commits, before", FailoverDrill.Failover::quietCommitGap));
    return lines;
  }

  private String row(String title, Function<FailoverDrill.Failover, Duration> gap) {
    return ROW.formatted(title, quantile(gap, P50), quantile(gap, P99), quantile(gap, 1));
  }

  /** In milliseconds; of few faults the 99th percentile is the maximum. */
  private long quantile(Function<FailoverDrill.Failover, Duration> gap, double share) {
    List<Long> sorted = faults.stream().map(k -> gap.apply(k).toMillis()).sorted().toList();
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, index));
  }

  private Map<String, Object> distribution(Function<FailoverDrill.Failover, Duration> gap) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("p50", quantile(gap, P50));
    values.put("p99", quantile(gap, P99));
    values.put("max", quantile(gap, 1));
    values.put("all", faults.stream().map(k -> gap.apply(k).toMillis()).toList());
    return values;
  }

  long failed() {
    return faults.stream().mapToLong(FailoverDrill.Failover::failed).sum();
  }

  void write(Path file, List<String> arguments, LedgerAudit.Outcome outcome) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("arguments", arguments);
    all.put("environment", environment());
    all.put("fault", fault.past());
    all.put("faults", faults.size());
    all.put("failed", failed());
    all.put("endorsementGapMillis", distribution(FailoverDrill.Failover::endorsementGap));
    all.put("commitGapMillis", distribution(FailoverDrill.Failover::commitGap));
    all.put(
        "endorsementGapBeforeMillis", distribution(FailoverDrill.Failover::quietEndorsementGap));
    all.put("commitGapBeforeMillis", distribution(FailoverDrill.Failover::quietCommitGap));
    all.put("height", outcome.height());
    all.put("commitHash", outcome.commitHash());
    all.put("validTransactions", outcome.valid());
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }

  private static Map<String, Object> environment() throws IOException {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("time", InstantSource.system().instant().toString());
    environment.put("processors", Runtime.getRuntime().availableProcessors());
    environment.put("load", Files.readString(Path.of("/proc/loadavg")).strip());
    environment.put("java", System.getProperty("java.vm.version"));
    return environment;
  }
}
