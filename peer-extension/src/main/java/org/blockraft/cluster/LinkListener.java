package org.blockraft.cluster;

import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;

/**
 * What a node does with its links. The methods are called by the links' own threads: they hand over
 * and return, and never call {@link Links#members} or {@link Links#close}. For one node the calls
 * come one at a time: {@code linkUp}, then frames and requests in the order of their arrival, then
 * {@code linkDown}; there are never two links with one node.
 */
public interface LinkListener {

  /** There is a link; the other node has said this about itself. */
  void linkUp(String node, Hello hello);

  /** The link has ended; every request that waited for a reply on it has failed by now. */
  void linkDown(String node, String reason);

  /**
   * A frame that is neither greeting, request, reply nor cancellation. Its bytes fields share the
   * frame's memory: what is kept for long should be copied if the frame is much larger.
   */
  void received(String node, Frame frame);

  /**
   * Serves a request; its {@code timeout_millis} tells how long the other node waits.
   *
   * @return the reply, its id does not matter; cancelled when the other node wants it no more or is
   *     lost; one that fails is answered by a refusal with code FAILED
   */
  CompletableFuture<Reply> requested(String node, long term, Request request);
}
