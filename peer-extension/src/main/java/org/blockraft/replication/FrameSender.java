package org.blockraft.replication;

import org.blockraft.cluster.wire.Frame;

/** Sends to another node: the links, or the simulated network. */
@FunctionalInterface
public interface FrameSender {
  /** Returns false when there is no link or its queue is full; then nothing was sent. */
  boolean send(String node, Frame.Builder frame);
}
