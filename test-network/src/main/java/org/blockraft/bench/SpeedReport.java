package org.blockraft.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The comparison as a table, with ratios to one node of the same run, and as a file. */
final class SpeedReport {
  private static final String LINE =
      "%-8s | %7s %6s %6s | %7s %6s | %7s %6s | %6s %6s %7s %7s | %7s";

  private final SpeedPlan plan;
  private final List<String> arguments;
  private final List<SpeedResult> results = new ArrayList<>();

  SpeedReport(SpeedPlan plan, List<String> arguments) {
    this.plan = plan;
    this.arguments = arguments;
  }

  void add(SpeedResult result) {
    results.add(result);
  }

  private Optional<SpeedResult> single() {
    return results.stream().filter(r -> r.contestant().isOneNode()).findFirst();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    boolean limited = results.stream().allMatch(SpeedResult::isLimited);
    lines.add(
        limited
            ? "Each peer process has a quota of %.2f processors.".formatted(plan.processors())
            : "No quotas: control groups (version 1) cannot be made here.");
    lines.add(
        "%d clients in all; CPU is microseconds of all processes of the peer for each operation."
            .formatted(plan.clients()));
    lines.add("");
    lines.add(
        LINE.formatted(
            "",
            "catch-up",
            "CPU",
            "CPU",
            "endorse",
            "",
            "endorse",
            "",
            "commit",
            "",
            "",
            "",
            "gap at"));
    lines.add(
        LINE.formatted(
            "peer", "per s", "leader", "follow", "spread", "CPU", "one", "CPU", "per s", "CPU",
            "p50 ms", "p99 ms", "kill ms"));
    results.forEach(r -> lines.add(line(r)));
    lines.add("");
    ratios().forEach((name, value) -> lines.add("%-52s %.2f".formatted(name, value)));
    return lines;
  }

  private static String line(SpeedResult r) {
    SpeedResult.Endorsement spread = SpeedResult.median(r.spread());
    SpeedResult.Endorsement one = SpeedResult.median(r.oneNode());
    return LINE.formatted(
        r.contestant().title(),
        rounded(r.catchUp().perSecond()),
        rounded(r.catchUp().leaderMicros()),
        r.contestant().isCluster() ? rounded(r.catchUp().followerMicros()) : "",
        rounded(spread.perSecond()),
        rounded(spread.cpuMicros()),
        rounded(one.perSecond()),
        rounded(one.cpuMicros()),
        rounded(r.endToEnd().perSecond()),
        rounded(r.endToEnd().cpuMicros()),
        rounded(r.endToEnd().p50()),
        rounded(r.endToEnd().p99()),
        rounded(r.gapMillis()));
  }

  private static String rounded(double value) {
    return Double.isNaN(value) ? "-" : Long.toString(Math.round(value));
  }

  /** As many processes that know nothing of each other. */
  private Optional<SpeedResult> apart(int processes) {
    return results.stream()
        .filter(r -> r.contestant().isApart() && r.contestant().nodes() == processes)
        .findFirst();
  }

  /** What several nodes are to one node of this run, and to as many peers apart. */
  private Map<String, Double> ratios() {
    Map<String, Double> ratios = new LinkedHashMap<>();
    for (SpeedResult r : results) {
      if (r.contestant().nodes() > 1) {
        single().ifPresent(one -> compare(r, one, ratios));
      }
      if (r.contestant().isCluster()) {
        apart(r.contestant().nodes()).ifPresent(others -> compare(r, others, ratios));
      }
    }
    return ratios;
  }

  private static void compare(SpeedResult r, SpeedResult with, Map<String, Double> ratios) {
    String title = r.contestant().title() + " to " + with.contestant().title() + ", ";
    double base = SpeedResult.median(with.spread()).perSecond();
    ratios.put(
        title + "endorsements, clients spread", SpeedResult.median(r.spread()).perSecond() / base);
    if (r.contestant().isCluster()) {
      ratios.put(
          title + "endorsements, clients on one",
          SpeedResult.median(r.oneNode()).perSecond() / base);
      ratios.put(
          title + "CPU of the leader in catch-up",
          r.catchUp().leaderMicros() / with.catchUp().leaderMicros());
    }
  }

  void write(Path file, Map<String, Object> environment) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("arguments", arguments);
    all.put("environment", environment);
    all.put("plan", plan.toString());
    all.put("quotaProcessors", plan.processors());
    all.put("quotaPeriodMicros", CpuQuota.PERIOD_MICROS);
    all.put("results", results.stream().map(SpeedResult::facts).toList());
    all.put("ratios", ratios());
    all.put("table", lines());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }
}
