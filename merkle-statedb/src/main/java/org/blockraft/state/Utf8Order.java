package org.blockraft.state;

import java.util.Comparator;

/**
 * Order of strings by their UTF-8 bytes, which is Go's string order. {@link String#compareTo}
 * differs where a character above U+FFFF meets one between U+E000 and U+FFFF.
 */
public final class Utf8Order {

  /** This order as a comparator. */
  public static final Comparator<String> COMPARATOR = Utf8Order::compare;

  private Utf8Order() {}

  /** Compares without building the bytes. */
  public static int compare(String left, String right) {
    int shared = Math.min(left.length(), right.length());
    for (int i = 0; i < shared; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        return Integer.compare(rank(a), rank(b));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** Moves surrogates, which stand for the highest code points, above all other characters. */
  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
  }
}
