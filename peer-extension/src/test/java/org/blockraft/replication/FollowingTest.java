package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Decided;
import org.blockraft.cluster.wire.Frame;
import org.junit.jupiter.api.Test;

final class FollowingTest {
  private static final ByteString BODY = ByteString.copyFromUtf8("body");
  private static final ByteString FLAGS = ByteString.copyFromUtf8("flags");
  private static final long STREAM = 3;

  private final RecordingChannel channel = new RecordingChannel();
  private final List<Long> subscribedFrom = new ArrayList<>();
  private long credit;

  private boolean send(String node, Frame.Builder frame) {
    if (frame.hasCredit()) {
      credit += frame.getCredit().getBlocks();
    } else {
      subscribedFrom.add(frame.getControl().getSubscribe().getFrom());
    }
    return true;
  }

  private Following following(long durable, long from) {
    channel.durable = durable;
    Following following = new Following("a", STREAM, from, channel, this::send);
    following.start();
    return following;
  }

  private static BlockFrame.Builder frame(long number) {
    return BlockFrame.newBuilder().setStream(STREAM).setNumber(number);
  }

  private static BlockFrame body(long number) {
    return frame(number).setBody(BODY).build();
  }

  private static BlockFrame decided(long number) {
    return frame(number).setDecided(Decided.newBuilder().setFlags(FLAGS)).build();
  }

  private static BlockFrame stored(long number) {
    return frame(number).setStored(BODY).build();
  }

  @Test
  void preparesBodiesAndAppendsDecidedBlocksInOrder() {
    Following following = following(4, 4);
    assertEquals(List.of(4L), subscribedFrom);
    assertTrue(following.received(body(4)));
    assertTrue(following.received(body(5)));
    assertEquals(List.of(4L, 5L), channel.prepared);
    assertEquals(List.of(), channel.appended);
    assertTrue(following.received(decided(4)));
    assertTrue(following.received(decided(5)));
    assertTrue(following.received(stored(6)));
    assertEquals(List.of(4L, 5L, 6L), channel.appended);
    assertEquals(7, following.next());
  }

  @Test
  void refusesWhatDoesNotContinueTheStream() {
    Following following = following(4, 4);
    assertFalse(following.received(body(5)));
    assertFalse(following.received(decided(4)));
    assertTrue(following.received(body(4)));
    assertFalse(following.received(stored(6)));
    assertEquals(List.of(), channel.appended);
  }

  @Test
  void ignoresAnEarlierSubscription() {
    Following following = following(4, 4);
    assertTrue(following.received(stored(9).toBuilder().setStream(STREAM - 1).build()));
    assertEquals(List.of(), channel.appended);
  }

  @Test
  void givesCreditAsBlocksReachTheDisk() {
    Following following = following(4, 4);
    assertEquals(Following.WINDOW_BLOCKS, credit);
    following.received(stored(4));
    following.received(stored(5));
    following.durable(5);
    assertEquals(Following.WINDOW_BLOCKS + 1, credit);
  }

  @Test
  void givesNoCreditForBodiesThatAreOnTheDiskOtherwise() {
    Following following = following(4, 4);
    following.received(body(4));
    following.durable(6);
    assertEquals(Following.WINDOW_BLOCKS, credit);
    following.received(decided(4));
    assertEquals(Following.WINDOW_BLOCKS + 1, credit);
    assertEquals(List.of(), channel.appended, "it is on the disk already");
  }

  @Test
  void whatWaitsForTheDiskFromBeforeUsesUpCredit() {
    Following following = following(4, 14);
    assertEquals(Following.WINDOW_BLOCKS - 10, credit);
    following.durable(14);
    assertEquals(Following.WINDOW_BLOCKS, credit);
  }

  @Test
  void takesNoMoreThanItCanHold() {
    Following following = following(0, 0);
    int taken = 0;
    while (following.received(body(taken))) {
      taken++;
    }
    assertEquals(2 * Following.WINDOW_BLOCKS, taken);
  }

  @Test
  void isStalledWhenNothingComesThoughItIsNotTheDisk() {
    Following following = following(4, 4);
    assertTrue(following.isStalled(10));
    assertFalse(following.isStalled(4));
    following.received(stored(4));
    assertFalse(following.isStalled(10), "something came");
    assertFalse(following.isStalled(10), "the disk is slow");
    following.durable(5);
    following.received(body(5));
    assertFalse(following.isStalled(10));
    assertTrue(following.isStalled(10), "the decision does not come");
  }
}
