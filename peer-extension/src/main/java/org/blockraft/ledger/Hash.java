package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.blockraft.identity.DigestInput;

/** SHA-256, the hash of everything on a peer. */
final class Hash {
  private Hash() {}

  static byte[] sha256(byte[] bytes) {
    return digest().digest(bytes);
  }

  static byte[] sha256(ByteString bytes) {
    MessageDigest digest = digest();
    DigestInput.update(digest, bytes);
    return digest.digest();
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
