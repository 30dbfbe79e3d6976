package org.blockraft.operations;

import java.math.BigDecimal;

/** Numbers as Go's strconv writes them with format 'g' and the shortest precision. */
final class GoNumber {
  /** From this decimal exponent on the shortest form is scientific. */
  private static final int EXPONENT_MAX = 6;

  private static final int EXPONENT_MIN = -4;

  private GoNumber() {}

  static String format(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    if (exponent >= EXPONENT_MIN && exponent < EXPONENT_MAX) {
      return shortest.toPlainString();
    }
    StringBuilder out = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int size = Math.abs(exponent);
    return out.append(size < 10 ? "0" : "").append(size).toString();
  }
}
