package org.blockraft.peer;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them ({@code 1m30s}, {@code 1.5h}, {@code 10ms}), as core.yaml holds. */
final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * Parses {@code text}; a bare number counts nanoseconds, as viper's cast does.
   *
   * @throws IllegalArgumentException when the text is no duration
   */
  static Duration parse(String text) {
    String trimmed = text.strip();
    if (trimmed.matches("-?\\d+")) {
      return Duration.ofNanos(Long.parseLong(trimmed));
    }
    boolean negative = trimmed.startsWith("-");
    String rest = negative || trimmed.startsWith("+") ? trimmed.substring(1) : trimmed;
    Matcher parts = PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (parts.find() && parts.start() == end) {
      BigDecimal unit = BigDecimal.valueOf(NANOS.get(parts.group(2)));
      nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit));
      end = parts.end();
    }
    if (end == 0 || end != rest.length()) {
      throw new IllegalArgumentException("invalid duration \"" + text + "\"");
    }
    long value = nanos.longValue();
    return Duration.ofNanos(negative ? -value : value);
  }
}
