package org.blockraft.validate;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The one hash that transactions and state use, whatever the channel configuration says. */
final class Sha256 {

  private Sha256() {}

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
