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
    Distribution all = distribution(gap);
    return ROW.formatted(title, all.p50(), all.p99(), all.max());
  }

  private Distribution distribution(Function<FailoverDrill.Failover, Duration> gap) {
    return Distribution.of(faults.stream().map(gap).toList());
  }

  private Map<String, Object> values(Function<FailoverDrill.Failover, Duration> gap) {
    Map<String, Object> values = distribution(gap).quantiles();
    values.put("all", distribution(gap).millis());
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
    all.put("endorsementGapMillis", values(FailoverDrill.Failover::endorsementGap));
    all.put("commitGapMillis", values(FailoverDrill.Failover::commitGap));
    all.put("endorsementGapBeforeMillis", values(FailoverDrill.Failover::quietEndorsementGap));
    all.put("commitGapBeforeMillis", values(FailoverDrill.Failover::quietCommitGap));
    all.put("height", outcome.height());
    all.put("commitHash", outcome.commitHash());
    all.put("validTransactions", outcome.valid());
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }

  static Map<String, Object> environment() throws IOException {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("time", InstantSource.system().instant().toString());
    environment.put("processors", Runtime.getRuntime().availableProcessors());
    environment.put("load", Files.readString(Path.of("/proc/loadavg")).strip());
    environment.put("java", System.getProperty("java.vm.version"));
    return environment;
  }
}
