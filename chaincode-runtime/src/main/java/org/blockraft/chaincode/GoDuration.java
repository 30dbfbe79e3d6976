package org.blockraft.chaincode;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: "10s", "1h30m", "1.5s", "-2ms", "0". */
final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /** Parses a duration; throws with Go's text. */
  static Duration parse(String text) {
    String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(rest);
    int at = 0;
    while (at < rest.length()) {
      if (!part.find(at) || part.start() != at) {
        throw invalid(text, rest.substring(at));
      }
      nanos =
          nanos.add(
              new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(NANOS.get(part.group(2)))));
      at = part.end();
    }
    if (rest.isEmpty()) {
      throw new ChaincodeException("time: invalid duration \"" + text + "\"");
    }
    return Duration.ofNanos(text.startsWith("-") ? -nanos.longValue() : nanos.longValue());
  }

  private static ChaincodeException invalid(String text, String rest) {
    boolean number = rest.matches("(\\d+\\.?\\d*|\\.\\d+)");
    return new ChaincodeException(
        number
            ? "time: missing unit in duration \"" + text + "\""
            : "time: invalid duration \"" + text + "\"");
  }
}
