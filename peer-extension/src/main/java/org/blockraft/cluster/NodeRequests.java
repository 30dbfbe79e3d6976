package org.blockraft.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;

/** Asks other nodes: over {@link Links}, or over those of the simulation. */
public interface NodeRequests {
  /** The nodes that there is a link with now. */
  Set<String> connected();

  /**
   * Asks another node.
   *
   * @param term carried by the frame
   * @return the reply, refusals included; fails with {@link LinkLost} at once when the link ends or
   *     cannot take the request, with {@link java.util.concurrent.TimeoutException} after the
   *     timeout. Completed by the link's thread: what follows must not block
   */
  CompletableFuture<Reply> request(String node, long term, Request request, Duration timeout);
}
