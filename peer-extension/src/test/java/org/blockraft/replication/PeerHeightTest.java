package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PeerHeightTest {
  private static final long LAG = 16;

  private final PeerHeight peer = new PeerHeight();

  @Test
  void countsWithNothingUntilItReports() {
    peer.linkUp();
    assertTrue(peer.counts());
    assertEquals(0, peer.durable());
  }

  @Test
  void doesNotCountWhileFarBehindAndDoesFromThenOn() {
    peer.linkUp();
    peer.durable(10, 100, LAG);
    assertFalse(peer.counts());
    peer.durable(84, 100, LAG);
    assertTrue(peer.counts());
    peer.durable(90, 1000, LAG);
    assertTrue(peer.counts(), "a slow node still counts");
  }

  @Test
  void countsWithWhatItHadWhenItsLinkIsGone() {
    peer.linkUp();
    peer.durable(99, 100, LAG);
    peer.linkDown();
    assertFalse(peer.isLinked());
    assertTrue(peer.counts());
    assertEquals(99, peer.durable());
  }

  @Test
  void aNewLinkMayBeToAnEmptyNode() {
    peer.linkUp();
    peer.durable(99, 100, LAG);
    peer.linkDown();
    peer.linkUp();
    assertEquals(0, peer.durable());
    peer.durable(1, 100, LAG);
    assertFalse(peer.counts());
  }
}
