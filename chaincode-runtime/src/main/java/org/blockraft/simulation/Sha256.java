package org.blockraft.simulation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of keys, values and query results, whatever the channel says. */
final class Sha256 {

  private Sha256() {}

  static byte[] of(byte[] input) {
    return digest().digest(input);
  }

  static byte[] of(String input) {
    return of(input.getBytes(StandardCharsets.UTF_8));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every JDK has SHA-256", absent);
    }
  }
}
