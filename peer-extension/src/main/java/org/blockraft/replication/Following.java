package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Control;
import org.blockraft.cluster.wire.Credit;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Subscribe;

/**
 * One subscription to another node's blocks: takes them in order, hands them on, and gives credit
 * as they reach the disk. Owned by the loop.
 *
 * <p>Invariant: blocks are appended in number order, each once.
 */
final class Following {
  /** Blocks on the way from one node to another; the follower's queue holds as many. */
  static final int WINDOW_BLOCKS = 32;

  /** Bounds the memory of large blocks on the way; one block more may come. */
  static final long WINDOW_BYTES = 64L << 20;

  private final String source;
  private final long stream;
  private final ReplicatedChannel channel;
  private final FrameSender sender;
  private final Map<Long, ByteString> bodies = new HashMap<>();
  private final ArrayDeque<Integer> unacknowledged = new ArrayDeque<>();
  private long nextBody;
  private long nextAppend;
  private long durable;
  private long acknowledged;
  private int owedBlocks;
  private long owedBytes;
  private long received;
  private long receivedBefore;

  /**
   * @param from the first block wanted; those from {@link ReplicatedChannel#durable} to it are
   *     appended and not yet on the disk, and use up credit
   */
  Following(String source, long stream, long from, ReplicatedChannel channel, FrameSender sender) {
    this.source = source;
    this.stream = stream;
    this.channel = channel;
    this.sender = sender;
    this.nextBody = from;
    this.nextAppend = from;
    this.durable = channel.durable().height();
    this.acknowledged = durable;
    for (long number = durable; number < from; number++) {
      unacknowledged.add(0);
    }
  }

  /** Asks for the blocks. */
  void start() {
    send(
        Control.newBuilder()
            .setSubscribe(
                Subscribe.newBuilder()
                    .setChannel(channel.channelId())
                    .setFrom(nextAppend)
                    .setStream(stream)));
    int room = WINDOW_BLOCKS - unacknowledged.size();
    if (room > 0) {
      credit(room, WINDOW_BYTES);
    }
  }

  String source() {
    return source;
  }

  /** The number of the block that is appended next. */
  long next() {
    return nextAppend;
  }

  /** Takes a frame; returns false when it does not continue the stream. */
  boolean received(BlockFrame frame) {
    if (frame.getStream() != stream) {
      return true; // of an earlier subscription
    }
    received++;
    return switch (frame.getKindCase()) {
      case BODY -> body(frame.getNumber(), frame.getBody());
      case STORED -> {
        boolean expected = arrives(frame.getNumber(), frame.getStored());
        yield expected
            && append(
                new DecidedBlock(
                    frame.getNumber(),
                    frame.getStored(),
                    ByteString.EMPTY,
                    frame.getPrivateDataList()));
      }
      case DECIDED -> {
        ByteString body = bodies.remove(frame.getNumber());
        yield body != null
            && append(
                new DecidedBlock(
                    frame.getNumber(),
                    body,
                    frame.getDecided().getFlags(),
                    frame.getPrivateDataList()));
      }
      default -> true;
    };
  }

  private boolean body(long number, ByteString body) {
    if (!arrives(number, body)) {
      return false;
    }
    bodies.put(number, body);
    channel.prepare(number, body);
    return true;
  }

  private boolean arrives(long number, ByteString bytes) {
    if (number != nextBody || unacknowledged.size() >= 2 * WINDOW_BLOCKS) {
      return false;
    }
    nextBody++;
    unacknowledged.add(bytes.size());
    return true;
  }

  private boolean append(DecidedBlock block) {
    if (block.number() != nextAppend) {
      return false;
    }
    nextAppend++;
    if (block.number() < durable) {
      acknowledge(); // it was on its way to the disk when this node led
    } else {
      channel.append(block);
    }
    return true;
  }

  /** Blocks below this are on the disk: more may come. */
  void durable(long height) {
    durable = height;
    acknowledge();
  }

  private void acknowledge() {
    int blocks = 0;
    long bytes = 0;
    while (acknowledged < Math.min(durable, nextAppend)) {
      bytes += unacknowledged.remove();
      blocks++;
      acknowledged++;
    }
    if (blocks > 0) {
      credit(blocks, bytes);
    }
  }

  /**
   * Whether the source has blocks and has sent nothing since this was asked the last time, though
   * all that could be appended is on the disk: then it does not send any more, perhaps with bodies
   * here whose decisions were lost, and one had better ask again.
   */
  boolean isStalled(long sourceHeight) {
    boolean stalled =
        received == receivedBefore && sourceHeight > nextAppend && durable >= nextAppend;
    receivedBefore = received;
    return stalled;
  }

  /** What the link cannot take is given with the next one. */
  private void credit(int blocks, long bytes) {
    owedBlocks += blocks;
    owedBytes += bytes;
    boolean sent =
        sender.send(
            source,
            Frame.newBuilder()
                .setCredit(
                    Credit.newBuilder()
                        .setChannel(channel.channelId())
                        .setStream(stream)
                        .setBlocks(owedBlocks)
                        .setBytes(owedBytes)));
    if (sent) {
      owedBlocks = 0;
      owedBytes = 0;
    }
  }

  private void send(Control.Builder control) {
    var _ = sender.send(source, Frame.newBuilder().setControl(control));
  }
}
