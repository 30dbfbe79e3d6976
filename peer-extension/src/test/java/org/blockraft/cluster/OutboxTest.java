package org.blockraft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Credit;
import org.blockraft.cluster.wire.Frame;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private static final class Network implements Wire {
    private final List<Frame> sent = new ArrayList<>();
    private int room;
    private String ended;

    @Override
    public boolean isReady() {
      return room > 0;
    }

    @Override
    public void send(Frame frame) {
      room--;
      sent.add(frame);
    }

    @Override
    public void ask(int frames) {}

    @Override
    public void end(String reason) {
      ended = reason;
    }
  }

  private final Network network = new Network();
  private final Outbox outbox =
      new Outbox(
          network,
          LinkSettings.of("c", () -> "", "a", "1", "", new InetSocketAddress(0)),
          new LinkMeters(new SimpleMeterRegistry(), "b"));

  private static Frame block(int number) {
    return Frame.newBuilder().setBlock(BlockFrame.newBuilder().setNumber(number)).build();
  }

  private static Frame credit(int blocks) {
    return Frame.newBuilder().setCredit(Credit.newBuilder().setBlocks(blocks)).build();
  }

  @Test
  void blocksAreOvertakenAndBothKeepTheirOrder() {
    for (int i = 1; i <= 3; i++) {
      assertTrue(outbox.offer(block(i)));
      assertTrue(outbox.offer(credit(i)));
    }
    assertEquals(6, outbox.frames());
    network.room = 4;
    outbox.drain();
    assertEquals(List.of(credit(1), credit(2), credit(3), block(1)), network.sent);
    network.room = 3;
    assertTrue(outbox.offer(block(4)));
    assertEquals(List.of(block(2), block(3), block(4)), network.sent.subList(4, 7));
    assertEquals(0, outbox.bytes());
  }

  @Test
  void onlyRefusalsPassTheBound() {
    for (int i = 0; i < LinkLimits.QUEUED_FRAMES_MAX; i++) {
      assertTrue(outbox.offer(credit(i)));
    }
    assertFalse(outbox.offer(credit(0)));
    for (int i = 0; i < 2 * LinkLimits.REQUESTS_MAX; i++) {
      outbox.insist(credit(i));
    }
    assertEquals(LinkLimits.QUEUED_FRAMES_MAX + LinkLimits.REQUESTS_MAX, outbox.frames());
  }

  @Test
  void nothingIsSentAfterTheEnd() {
    outbox.offer(block(1));
    outbox.close("done");
    outbox.close("again");
    network.room = 5;
    outbox.drain();
    assertFalse(outbox.offer(block(2)));
    assertEquals(List.of(), network.sent);
    assertEquals("done", network.ended);
    assertEquals(0, outbox.frames());
  }
}
