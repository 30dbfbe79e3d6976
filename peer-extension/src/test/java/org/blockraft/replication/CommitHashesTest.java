package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import org.blockraft.ledger.DurableTip;
import org.junit.jupiter.api.Test;

final class CommitHashesTest {
  private static final ByteString ONE = ByteString.copyFromUtf8("one");
  private static final ByteString OTHER = ByteString.copyFromUtf8("other");

  private final CommitHashes hashes = new CommitHashes();

  @Test
  void onlyTwoKnownHashesOfOneHeightContradict() {
    hashes.add(new DurableTip(5, ONE.toByteArray()));
    assertTrue(hashes.contradicts(5, OTHER));
    assertFalse(hashes.contradicts(5, ONE));
    assertFalse(hashes.contradicts(5, ByteString.EMPTY));
    assertFalse(hashes.contradicts(6, OTHER));
  }

  @Test
  void aTipWithoutHashSaysNothing() {
    hashes.add(new DurableTip(1, new byte[0]));
    assertFalse(hashes.contradicts(1, ONE));
    assertEquals(ByteString.EMPTY, hashes.at(1));
  }

  @Test
  void forgetsTheOldest() {
    for (int height = 1; height <= 200; height++) {
      hashes.add(new DurableTip(height, ONE.toByteArray()));
    }
    assertEquals(ByteString.EMPTY, hashes.at(1));
    assertEquals(ONE, hashes.at(200));
  }
}
