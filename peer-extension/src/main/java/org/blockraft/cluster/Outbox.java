package org.blockraft.cluster;

import java.util.ArrayDeque;
import java.util.Queue;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Frame.KindCase;

/**
 * What waits to be sent on one link, bounded in frames and bytes. Writers never wait. Blocks keep
 * their order and so do all other frames; those others overtake blocks, so that a proposal does not
 * wait behind a node that catches up. Safe for use by many threads.
 */
final class Outbox {
  private final Wire wire;
  private final LinkSettings settings;
  private final LinkMeters meters;
  private final Queue<Frame> urgent = new ArrayDeque<>();
  private final Queue<Frame> blocks = new ArrayDeque<>();
  private long queuedBytes;
  private boolean closed;

  Outbox(Wire wire, LinkSettings settings, LinkMeters meters) {
    this.wire = wire;
    this.settings = settings;
    this.meters = meters;
  }

  /** Sends a frame now or later; false if the queue is full, the frame too large, the link gone. */
  boolean offer(Frame frame) {
    int bytes = frame.getSerializedSize();
    if (bytes > settings.frameBytesMax()) {
      return false;
    }
    return add(frame, bytes, false);
  }

  /**
   * Sends a small frame although the queue may be full: there is room for one more to each request
   * that the other node may have under way.
   */
  void insist(Frame frame) {
    add(frame, frame.getSerializedSize(), true);
  }

  private boolean isFull(int bytes, boolean insist) {
    int frames = urgent.size() + blocks.size();
    return insist
        ? frames >= settings.queuedFramesMax() + settings.requestsMax()
        : frames >= settings.queuedFramesMax() || queuedBytes + bytes > settings.queuedBytesMax();
  }

  private synchronized boolean add(Frame frame, int bytes, boolean insist) {
    if (closed) {
      return false;
    }
    if (queuedBytes == 0 && wire.isReady()) {
      return write(frame, bytes);
    }
    if (isFull(bytes, insist)) {
      return false;
    }
    (frame.getKindCase() == KindCase.BLOCK ? blocks : urgent).add(frame);
    queuedBytes += bytes;
    drain();
    return true;
  }

  /** Sends what the transport takes. */
  synchronized void drain() {
    while (!closed && wire.isReady()) {
      Frame next = urgent.isEmpty() ? blocks.poll() : urgent.poll();
      if (next == null) {
        return;
      }
      int bytes = next.getSerializedSize();
      queuedBytes -= bytes;
      write(next, bytes);
    }
  }

  private boolean write(Frame frame, int bytes) {
    try {
      wire.send(frame);
    } catch (IllegalStateException e) {
      // The stream has ended; the link will be told in a moment.
      return false;
    }
    meters.sent(bytes);
    return true;
  }

  synchronized int frames() {
    return urgent.size() + blocks.size();
  }

  synchronized long bytes() {
    return queuedBytes;
  }

  /** Drops what waits and cuts the stream off; more than once does no harm. */
  synchronized void close(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    urgent.clear();
    blocks.clear();
    queuedBytes = 0;
    try {
      wire.end(reason);
    } catch (IllegalStateException e) {
      // It had ended already.
      return;
    }
  }
}
