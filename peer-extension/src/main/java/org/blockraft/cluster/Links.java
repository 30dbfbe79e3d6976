package org.blockraft.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.identity.TlsCredentials;

/**
 * The links of this node with the others: at most one for each, dialed by the node with the smaller
 * name, dialed again when it ends. Nothing here blocks; safe for use by many threads.
 */
public final class Links implements AutoCloseable {

  /**
   * @param own shown to the others; without it there is no TLS at all, for development only
   */
  public Links(
      LinkSettings settings,
      Optional<TlsCredentials> own,
      AdmittedNodes admitted,
      LinkListener listener,
      MeterRegistry meters) {}

  /**
   * Listens and begins to dial. Heartbeats should be under way by then: silent links are closed.
   *
   * @throws IOException if the port cannot be bound
   */
  public void start() throws IOException {
    throw new IllegalStateException("being written");
  }

  /** The port it listens on. */
  public int port() {
    throw new IllegalStateException("being written");
  }

  /**
   * The nodes to have links with, by name; links with others end. An entry of this node itself does
   * not matter. A node that is not in the list is refused when it dials.
   */
  public void members(Map<String, NodeInfo> others) {
    throw new IllegalStateException("being written");
  }

  /**
   * Sends a frame. Blocks keep their order and so do all other frames, which overtake blocks.
   *
   * @return false if there is no link, its queue is full, or the frame is larger than allowed
   */
  public boolean send(String node, Frame frame) {
    throw new IllegalStateException("being written");
  }

  /**
   * Sends a request; its id and timeout are filled in here. Cancelling the future tells the other
   * node.
   *
   * @param term carried by the frame
   * @return the reply, refusals included; fails with {@link LinkLost} at once when the link ends or
   *     cannot take the request, with {@link java.util.concurrent.TimeoutException} after the
   *     timeout. Completed by the link's thread: what follows must not block
   */
  public CompletableFuture<Reply> request(
      String node, long term, Request request, Duration timeout) {
    throw new IllegalStateException("being written");
  }

  /** The nodes that there is a link with now. */
  public Set<String> connected() {
    throw new IllegalStateException("being written");
  }

  @Override
  public void close() {}
}
