package org.blockraft.testnet;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Durations in milliseconds, as quantiles; of few the 99th percentile is the maximum. */
record Distribution(List<Long> millis) {
  private static final double P50 = 0.5;
  private static final double P99 = 0.99;

  static Distribution of(List<Duration> durations) {
    return new Distribution(durations.stream().map(Duration::toMillis).toList());
  }

  long p50() {
    return quantile(P50);
  }

  long p99() {
    return quantile(P99);
  }

  long max() {
    return quantile(1);
  }

  /** The least that is not less than such a share of all; 0 if there is none. */
  private long quantile(double share) {
    List<Long> sorted = millis.stream().sorted().toList();
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, index));
  }

  Map<String, Object> quantiles() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("count", millis.size());
    values.put("p50", p50());
    values.put("p99", p99());
    values.put("max", max());
    return values;
  }
}
