package org.blockraft.identity;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/** Writes values into error texts the way Fabric's own runtime does. */
final class GoText {
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private GoText() {}

  /** A quoted string. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case 0x07 -> quoted.append("\\a");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case 0x0b -> quoted.append("\\v");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                  if (c < 0x20 || c == 0x7f) {
                    quoted.append("\\x%02x".formatted(c));
                  } else {
                    quoted.appendCodePoint(c);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }

  /** A quoted string of bytes that are not all ASCII. */
  static String quote(byte[] bytes) {
    StringBuilder quoted = new StringBuilder("\"");
    for (byte b : bytes) {
      if (b < 0) {
        quoted.append("\\x%02x".formatted(b));
      } else {
        String one = quote(String.valueOf((char) b));
        quoted.append(one, 1, one.length() - 1);
      }
    }
    return quoted.append('"').toString();
  }

  /** Bytes as decimal numbers: {@code [1 2 255]}. */
  static String bytes(byte[] bytes) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < bytes.length; i++) {
      text.append(i == 0 ? "" : " ").append(bytes[i] & 0xff);
    }
    return text.append(']').toString();
  }

  /** The first bytes in upper-case hexadecimal. */
  static String hexPrefix(byte[] bytes, int length) {
    return UPPER.formatHex(Arrays.copyOf(bytes, length));
  }

  /** A duration of seconds or more: {@code 26h3m0.5s}. */
  static String duration(Duration duration) {
    long seconds = duration.toSeconds() % 60;
    String fraction = "";
    if (duration.toNanosPart() != 0) {
      fraction = "." + "%09d".formatted(duration.toNanosPart()).replaceAll("0+$", "");
    }
    String text = seconds + fraction + "s";
    if (duration.toMinutes() > 0) {
      text = duration.toMinutes() % 60 + "m" + text;
    }
    return duration.toHours() > 0 ? duration.toHours() + "h" + text : text;
  }

  /** Text of bytes for logs and messages. */
  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
