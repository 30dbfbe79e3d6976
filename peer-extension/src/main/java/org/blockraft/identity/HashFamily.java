package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What an MSP hashes messages with before they are signed: always 256 bits. */
enum HashFamily {
  SHA2("SHA-256"),
  SHA3("SHA3-256");

  private final String algorithm;

  HashFamily(String algorithm) {
    this.algorithm = algorithm;
  }

  /** The family of a name in an MSP configuration; the default if it is empty. */
  static HashFamily of(String name) {
    return switch (name) {
      case "", "SHA2" -> SHA2;
      case "SHA3" -> SHA3;
      default -> throw new IdentityException("hash family not recognized [" + name + "]");
    };
  }

  MessageDigest newDigest() {
    return newDigest(algorithm);
  }

  static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }

  byte[] digest(byte[] message) {
    return newDigest().digest(message);
  }

  /** Hashes a message piece by piece, without joining the pieces first. */
  byte[] digest(ByteString message) {
    MessageDigest digest = newDigest();
    DigestInput.update(digest, message);
    return digest.digest();
  }
}
