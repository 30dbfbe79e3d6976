package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Frame;
import org.junit.jupiter.api.Test;

final class FeedTest {
  private static final ByteString BODY = ByteString.copyFromUtf8("body");
  private static final ByteString FLAGS = ByteString.copyFromUtf8("flags");
  private static final long MANY_BYTES = 1 << 20;

  private final RecordingChannel channel = new RecordingChannel();
  private final LiveBlocks live = new LiveBlocks();
  private final List<String> sent = new ArrayList<>();
  private boolean full;

  private boolean send(String node, Frame.Builder frame) {
    if (full) {
      return false;
    }
    BlockFrame block = frame.getBlock();
    assertEquals(7, block.getStream());
    sent.add(block.getKindCase() + " " + block.getNumber());
    return true;
  }

  private Feed feed(long from) {
    return new Feed("b", 7, from, channel, live, this::send);
  }

  private void arrived(long number) {
    live.arrived(number, BODY);
  }

  @Test
  void sendsBodiesAheadOfTheDecisions() {
    channel.durable = 5;
    Feed feed = feed(5);
    feed.credit(10, MANY_BYTES);
    arrived(5);
    arrived(6);
    feed.pump();
    live.decided(5, FLAGS);
    feed.pump();
    assertEquals(List.of("BODY 5", "BODY 6", "DECIDED 5"), sent);
    assertEquals(6, feed.needed());
  }

  @Test
  void readsFromTheDiskWhatIsNotLive() {
    channel.durable = 3;
    Feed feed = feed(1);
    feed.credit(10, MANY_BYTES);
    channel.reads.remove().run();
    channel.reads.remove().run();
    assertTrue(channel.reads.isEmpty());
    arrived(3);
    live.decided(3, FLAGS);
    feed.pump();
    assertEquals(List.of("STORED 1", "STORED 2", "BODY 3", "DECIDED 3"), sent);
  }

  @Test
  void sendsNoMoreThanThereIsCreditFor() {
    Feed feed = feed(0);
    for (int number = 0; number < 5; number++) {
      arrived(number);
    }
    feed.credit(2, MANY_BYTES);
    assertEquals(2, sent.size());
    feed.credit(1, 0);
    assertEquals(3, sent.size());
  }

  @Test
  void oneBlockMayExceedTheBytesLeft() {
    Feed feed = feed(0);
    arrived(0);
    arrived(1);
    feed.credit(5, 1);
    assertEquals(List.of("BODY 0"), sent);
    feed.credit(0, BODY.size());
    assertEquals(List.of("BODY 0", "BODY 1"), sent);
  }

  @Test
  void endsWhenTheLinkTakesNoMore() {
    Feed feed = feed(0);
    arrived(0);
    full = true;
    feed.credit(5, MANY_BYTES);
    assertTrue(feed.isClosed());
  }

  @Test
  void endsWhenADecisionIsNotHereAnyMore() {
    Feed feed = feed(0);
    arrived(0);
    feed.credit(5, MANY_BYTES);
    assertFalse(feed.isClosed());
    live.clear();
    feed.pump();
    assertTrue(feed.isClosed());
  }

  @Test
  void endsWhenTheDiskCannotBeRead() {
    channel.durable = 2;
    Feed feed = feed(1);
    feed.credit(5, MANY_BYTES);
    channel.durable = 1;
    channel.reads.remove().run();
    assertTrue(feed.isClosed());
  }

  @Test
  void sendsNothingAfterItsEnd() {
    channel.durable = 2;
    Feed feed = feed(1);
    feed.credit(5, MANY_BYTES);
    feed.close();
    channel.reads.remove().run();
    assertEquals(List.of(), sent);
  }
}
