package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

final class LiveBlocksTest {
  private static final ByteString BODY = ByteString.copyFromUtf8("body");
  private static final ByteString FLAGS = ByteString.copyFromUtf8("flags");

  private final LiveBlocks live = new LiveBlocks();

  private void arrived(long from, long to) {
    for (long number = from; number < to; number++) {
      live.arrived(number, BODY);
      live.decided(number, FLAGS);
    }
  }

  @Test
  void knowsFlagsOnlyOfBlocksThatAreHere() {
    live.decided(3, FLAGS);
    assertNull(live.flags(3));
    live.arrived(3, BODY);
    assertNull(live.flags(3));
    live.decided(3, FLAGS);
    assertEquals(FLAGS, live.flags(3));
  }

  @Test
  void keepsWhatIsNotOnTheDiskOrStillNeeded() {
    arrived(10, 20);
    live.trim(15, 12);
    assertNull(live.body(11));
    assertNotNull(live.body(12));
    live.trim(15, Long.MAX_VALUE);
    assertNull(live.body(14));
    assertNotNull(live.body(15));
  }

  @Test
  void aSlowFeedDoesNotKeepTooManyBlocksThatAreOnTheDisk() {
    arrived(0, 2 * LiveBlocks.BLOCKS_MAX);
    live.trim(2 * LiveBlocks.BLOCKS_MAX, 0);
    assertNull(live.body(0));
    assertNotNull(live.body(2 * LiveBlocks.BLOCKS_MAX - 1));
  }

  @Test
  void neverDropsWhatIsNotOnTheDisk() {
    arrived(0, 2 * LiveBlocks.BLOCKS_MAX);
    live.trim(1, 0);
    assertNull(live.body(0));
    assertNotNull(live.body(1));
  }
}
