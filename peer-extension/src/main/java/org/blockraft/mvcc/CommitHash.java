package org.blockraft.mvcc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash chain over flags and state changes by which peers can tell that they agree.
 *
 * <p>Fabric: core/ledger/kvledger/kv_ledger.go addBlockCommitHash.
 */
public final class CommitHash {

  private CommitHash() {}

  /**
   * The commit hash of a block.
   *
   * @param previous the preceding block's commit hash; empty for block 1
   */
  public static byte[] next(byte[] previous, byte[] flags, byte[] updatesBytes) {
    MessageDigest digest = sha256();
    int length = flags.length;
    while (length > 0x7f) {
      digest.update((byte) ((length & 0x7f) | 0x80));
      length >>>= 7;
    }
    digest.update((byte) length);
    digest.update(flags);
    digest.update(updatesBytes);
    return digest.digest(previous);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
