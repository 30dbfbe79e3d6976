package org.blockraft.validate;

import java.util.concurrent.CompletableFuture;

/**
 * Another node that verifies slices of blocks for this one. What it finds is trusted: it is the
 * same peer.
 */
public interface SliceHelper {
  /** Its node's name, for logs. */
  String name();

  /** Slices that it may have at a time. */
  int capacity();

  /**
   * Verifies a range of a block that the other node has been sent, under the configuration of that
   * sequence. Fails when the other node is gone, is behind, or takes too long; never completes on
   * the calling thread with work left to do there.
   */
  CompletableFuture<SliceVerdict> verify(
      String channelId, long block, int first, int count, long configSequence);
}
