package org.blockraft.replication;

import com.google.protobuf.ByteString;
import org.blockraft.cluster.wire.BlockFrame;
import org.blockraft.cluster.wire.Decided;
import org.blockraft.cluster.wire.Frame;

/**
 * The blocks of one channel on their way to one other node: from the disk as far as that reaches,
 * then as they come from the orderer, ahead of the decision about them. Never more than the other
 * node has given credit for. Owned by the loop.
 */
final class Feed {
  private final String node;
  private final long stream;
  private final ReplicatedChannel channel;
  private final LiveBlocks live;
  private final FrameSender sender;
  private long next;
  private long nextDecision;
  private long creditBlocks;
  private long creditBytes;
  private boolean reading;
  private boolean closed;

  Feed(
      String node,
      long stream,
      long from,
      ReplicatedChannel channel,
      LiveBlocks live,
      FrameSender sender) {
    this.node = node;
    this.stream = stream;
    this.channel = channel;
    this.live = live;
    this.sender = sender;
    this.next = from;
    this.nextDecision = from;
  }

  long stream() {
    return stream;
  }

  /** Blocks below this are not needed any more. */
  long needed() {
    return Math.min(next, nextDecision);
  }

  /** Whether the other node has blocks whose decisions it waits for. */
  boolean isUndecided() {
    return nextDecision < next;
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  void credit(long blocks, long bytes) {
    creditBlocks += blocks;
    creditBytes += bytes;
    pump();
  }

  /** Sends what can be sent. */
  void pump() {
    while (!closed && !reading && creditBlocks > 0 && creditBytes > 0 && sendOne()) {
      // sendOne has moved on
    }
    decide();
  }

  private boolean sendOne() {
    ByteString body = live.body(next);
    if (body != null) {
      if (send(frame(next).setBody(body))) {
        sent(body.size());
        return true;
      }
      return false;
    }
    if (next < channel.durable().height()) {
      reading = true;
      long wanted = next;
      channel.read(wanted, block -> read(wanted, block));
    }
    return false;
  }

  private void read(long number, StoredBlock block) {
    reading = false;
    if (closed || number != next) {
      return;
    }
    if (block == null) {
      closed = true;
      return;
    }
    BlockFrame.Builder frame =
        frame(number).setStored(block.block()).addAllPrivateData(block.privateData());
    if (send(frame)) {
      nextDecision = number + 1;
      sent(block.block().size());
      pump();
    }
  }

  private void sent(long bytes) {
    next++;
    creditBlocks--;
    creditBytes -= bytes;
  }

  private void decide() {
    while (!closed && nextDecision < next) {
      if (live.body(nextDecision) == null) {
        closed = true; // too far behind: the other node asks again and is served from the disk
        return;
      }
      ByteString flags = live.flags(nextDecision);
      if (flags == null
          || !send(frame(nextDecision).setDecided(Decided.newBuilder().setFlags(flags)))) {
        return;
      }
      nextDecision++;
    }
  }

  private BlockFrame.Builder frame(long number) {
    return BlockFrame.newBuilder()
        .setChannel(channel.channelId())
        .setStream(stream)
        .setNumber(number);
  }

  /** A frame that cannot be sent ends the feed: the other node asks again. */
  private boolean send(BlockFrame.Builder block) {
    boolean sent = sender.send(node, Frame.newBuilder().setBlock(block));
    closed |= !sent;
    return sent;
  }
}
