package org.blockraft.coordination;

import java.util.regex.Pattern;

/** What may be a fact: a short path and a small value, since etcd is no place for more. */
final class FactName {
  private static final Pattern PATH = Pattern.compile("[^/\\x00-\\x1f]+(/[^/\\x00-\\x1f]+)*");

  private static final int NAME_LENGTH_MAX = 512;

  /** etcd refuses requests of 1.5 MiB. */
  private static final int VALUE_BYTES_MAX = 1 << 20;

  private FactName() {}

  static void check(String fact, byte[] value) {
    if (fact.length() > NAME_LENGTH_MAX || !PATH.matcher(fact).matches()) {
      throw new IllegalArgumentException("not the name of a fact: '" + fact + "'");
    }
    if (value.length > VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "fact " + fact + " has " + value.length + " bytes, at most " + VALUE_BYTES_MAX);
    }
  }
}
