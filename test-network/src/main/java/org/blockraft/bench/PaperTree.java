package org.blockraft.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueStore;

/**
 * The serial tree that the BlockRaFT paper compares with, done right: sixteen children a node, no
 * compression, each node a row, the whole way to the root brought up to date for each operation.
 */
final class PaperTree {
  static final String FAMILY = "paper";
  private static final int CHILDREN = 16;
  private static final int HASH = 32;
  private static final int LEVELS = 2 * HASH;

  private final KeyValueStore store;
  private final MessageDigest sha;

  PaperTree(KeyValueStore store) {
    this.store = store;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sets a key; returns the root afterwards. */
  byte[] put(byte[] key, byte[] value) {
    String path = HexFormat.of().formatHex(sha.digest(key));
    byte[] hash = sha.digest(value);
    try (KeyValueBatch batch = store.batch()) {
      for (int level = LEVELS - 1; level >= 0; level--) {
        byte[] row = path.substring(0, level).getBytes(StandardCharsets.US_ASCII);
        byte[] stored = store.get(FAMILY, row);
        byte[] children = stored == null ? new byte[CHILDREN * HASH] : stored;
        int child = Character.digit(path.charAt(level), CHILDREN);
        System.arraycopy(hash, 0, children, child * HASH, HASH);
        batch.put(FAMILY, row, children);
        hash = sha.digest(children);
      }
      store.write(batch, false);
    }
    return hash;
  }
}
