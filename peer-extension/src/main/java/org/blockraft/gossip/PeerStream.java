package org.blockraft.gossip;

import io.grpc.stub.CallStreamObserver;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open stream to an authenticated peer, whichever of the two dialed. What does not fit into the
 * connection's buffer is dropped, as everything here is said again sooner or later. Safe for use by
 * many threads.
 *
 * <p>Fabric: gossip/comm/conn.go.
 */
final class PeerStream {
  private static final Logger LOG = LoggerFactory.getLogger(PeerStream.class);

  private final RemotePeer remote;
  private final CallStreamObserver<Envelope> out;
  private final Runnable ended;
  private boolean closed;

  /**
   * @param ended frees what is behind the stream
   */
  PeerStream(RemotePeer remote, CallStreamObserver<Envelope> out, Runnable ended) {
    this.remote = remote;
    this.out = out;
    this.ended = ended;
  }

  RemotePeer remote() {
    return remote;
  }

  synchronized void send(Envelope envelope) {
    if (closed) {
      return;
    }
    if (!out.isReady()) {
      LOG.debug("Dropped a message to {}, whose stream is busy", remote.mspId());
      return;
    }
    out.onNext(envelope);
  }

  void send(GossipMessage message) {
    send(SignedMessage.unsigned(message));
  }

  /** Sends what is not said again, even if it has to wait for the connection. */
  synchronized void deliver(GossipMessage message) {
    if (!closed) {
      out.onNext(SignedMessage.unsigned(message));
    }
  }

  /** Ends the stream; more than once does no harm. */
  void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        out.onCompleted();
      } catch (IllegalStateException e) {
        LOG.debug("The stream had ended already: {}", e.getMessage());
      }
    }
    ended.run();
  }
}
