package org.blockraft.testnet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What was seen in a long run, as a table and as a file. */
final class ChaosReport {
  private static final String HEAD =
      "%-22s %5s  %25s  %25s  %25s"
          .formatted("", "", "no endorsement, ms", "no commit, ms", "until caught up, ms");

  private static final String COLUMNS = "%-22s %5s".formatted("fault", "times");
  private static final String QUANTILES = "  %8s %8s %7s";

  private final Map<FaultKind, List<ChaosFaults.Seen>> faults = new EnumMap<>(FaultKind.class);
  private final List<ChaosFaults.Quiet> quiets = new ArrayList<>();

  void add(ChaosFaults.Seen seen) {
    faults.computeIfAbsent(seen.kind(), kind -> new ArrayList<>()).add(seen);
  }

  void add(ChaosFaults.Quiet quiet) {
    quiets.add(quiet);
  }

  int faults() {
    return faults.values().stream().mapToInt(List::size).sum();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(HEAD);
    lines.add(COLUMNS + QUANTILES.formatted("p50", "p99", "max").repeat(3));
    lines.add(
        "%-22s %5d".formatted("none", quiets.size())
            + row(of(quiets, ChaosFaults.Quiet::endorsementGap))
            + row(of(quiets, ChaosFaults.Quiet::commitGap)));
    faults.forEach(
        (kind, all) ->
            lines.add(
                "%-22s %5d".formatted(kind.title(), all.size())
                    + row(of(all, ChaosFaults.Seen::endorsementGap))
                    + row(of(all, ChaosFaults.Seen::commitGap))
                    + row(of(all, ChaosFaults.Seen::recovery))));
    lines.add(
        "gaps: clients of nodes that the fault did not befall; of all nodes if it befell all");
    return lines;
  }

  private static <T> Distribution of(List<T> all, Function<T, Duration> duration) {
    return Distribution.of(all.stream().map(duration).toList());
  }

  private static String row(Distribution all) {
    return QUANTILES.formatted(all.p50(), all.p99(), all.max());
  }

  /**
   * Writes all as JSON.
   *
   * @param more what else there is to say
   */
  void write(Path file, Map<String, Object> more) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>(more);
    all.put("environment", FailoverReport.environment());
    Map<String, Object> none = new LinkedHashMap<>();
    none.put("endorsementGapMillis", of(quiets, ChaosFaults.Quiet::endorsementGap).quantiles());
    none.put("commitGapMillis", of(quiets, ChaosFaults.Quiet::commitGap).quantiles());
    all.put("withoutFault", none);
    Map<String, Object> kinds = new LinkedHashMap<>();
    faults.forEach((kind, seen) -> kinds.put(kind.title(), values(seen)));
    all.put("faults", kinds);
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }

  private static Map<String, Object> values(List<ChaosFaults.Seen> seen) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("times", seen.size());
    values.put("endorsementGapMillis", of(seen, ChaosFaults.Seen::endorsementGap).quantiles());
    values.put("commitGapMillis", of(seen, ChaosFaults.Seen::commitGap).quantiles());
    values.put("recoveryMillis", of(seen, ChaosFaults.Seen::recovery).quantiles());
    values.put("each", seen.stream().map(ChaosReport::each).toList());
    return values;
  }

  private static Map<String, Object> each(ChaosFaults.Seen seen) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("nodes", seen.struck());
    values.put("lengthMillis", seen.length().toMillis());
    values.put("endorsementGapMillis", seen.endorsementGap().toMillis());
    values.put("commitGapMillis", seen.commitGap().toMillis());
    values.put("recoveryMillis", seen.recovery().toMillis());
    return values;
  }
}
