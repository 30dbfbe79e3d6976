package org.blockraft.identity;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/** Durations as Go writes them, for example {@code 2s} or {@code 1h15m30.918273645s}. */
final class ConfigDuration {
  private static final Map<String, Long> NANOS_BY_UNIT =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private final String text;
  private int at;

  private ConfigDuration(String text) {
    this.text = text;
  }

  /**
   * Parses a duration.
   *
   * @throws ConfigException with Go's text
   */
  static Duration parse(String text) {
    return new ConfigDuration(text).parse();
  }

  private Duration parse() {
    boolean negative = text.startsWith("-");
    if (negative || text.startsWith("+")) {
      at++;
    }
    if (text.substring(at).equals("0")) {
      return Duration.ZERO;
    }
    if (at == text.length()) {
      throw invalid();
    }
    BigDecimal nanos = BigDecimal.ZERO;
    while (at < text.length()) {
      BigDecimal number = number();
      nanos = nanos.add(number.multiply(BigDecimal.valueOf(unit())));
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw invalid();
    }
    return Duration.ofNanos(negative ? -nanos.longValue() : nanos.longValue());
  }

  private BigDecimal number() {
    int start = at;
    boolean point = false;
    boolean digits = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '.' && !point) {
        point = true;
      } else if (c >= '0' && c <= '9') {
        digits = true;
      } else {
        break;
      }
      at++;
    }
    if (!digits) {
      throw invalid();
    }
    return new BigDecimal(
        "0" + text.substring(start, at) + (text.charAt(at - 1) == '.' ? "0" : ""));
  }

  private long unit() {
    int start = at;
    while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
      at++;
    }
    String unit = text.substring(start, at);
    if (unit.isEmpty()) {
      throw new ConfigException("time: missing unit in duration \"%s\"".formatted(text));
    }
    Long nanos = NANOS_BY_UNIT.get(unit);
    if (nanos == null) {
      throw new ConfigException(
          "time: unknown unit \"%s\" in duration \"%s\"".formatted(unit, text));
    }
    return nanos;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private ConfigException invalid() {
    return new ConfigException("time: invalid duration \"%s\"".formatted(text));
  }
}
