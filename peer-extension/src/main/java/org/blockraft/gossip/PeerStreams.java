package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open streams, one for each peer, dialed when there is something to say. Safe for use by many
 * threads.
 *
 * <p>Fabric: gossip/comm/conn.go connectionStore.
 */
final class PeerStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerStreams.class);

  /** Messages that may wait for a peer to be dialed; further ones are dropped. */
  private static final int WAITING_MAX = 200;

  private final Map<ByteString, PeerStream> open = new ConcurrentHashMap<>();
  private final Map<ByteString, Object> dialing = new ConcurrentHashMap<>();
  private final Semaphore waiting = new Semaphore(WAITING_MAX);
  private final Executor threads;
  private final Consumer<ByteString> unreachable;
  private volatile PeerDialer dialer;
  private volatile boolean closed;

  /**
   * @param unreachable told when a peer could not be dialed
   */
  PeerStreams(Executor threads, Consumer<ByteString> unreachable) {
    this.threads = threads;
    this.unreachable = unreachable;
  }

  /** Called once, before anything is sent. */
  void dialWith(PeerDialer peerDialer) {
    dialer = peerDialer;
  }

  /** Sends to a peer, or drops the message if that is not possible; returns at once. */
  void send(NetworkMember peer, Envelope envelope) {
    send(peer.pkiId(), peer.preferredEndpoint(), envelope);
  }

  void send(ByteString pkiId, String endpoint, Envelope envelope) {
    PeerStream stream = open.get(pkiId);
    if (stream != null) {
      stream.send(envelope);
    } else if (!closed && waiting.tryAcquire()) {
      threads.execute(
          () -> {
            try {
              connect(pkiId, endpoint).send(envelope);
            } catch (GossipException e) {
              LOG.warn("Failed obtaining connection for {} reason: {}", endpoint, e.getMessage());
              unreachable.accept(pkiId);
            } finally {
              waiting.release();
            }
          });
    }
  }

  /**
   * Sends what is not said again, in the calling thread, which may have to wait for a connection.
   *
   * @throws GossipException if there is no connection
   */
  void deliver(NetworkMember peer, GossipMessage message) {
    if (closed) {
      throw new GossipException("gossip has ended");
    }
    try {
      connect(peer.pkiId(), peer.preferredEndpoint()).deliver(message);
    } catch (GossipException e) {
      unreachable.accept(peer.pkiId());
      throw e;
    }
  }

  private PeerStream connect(ByteString pkiId, String endpoint) {
    Object lock = dialing.computeIfAbsent(pkiId, id -> new Object());
    synchronized (lock) {
      try {
        PeerStream stream = open.get(pkiId);
        return stream == null ? dial(pkiId, endpoint) : stream;
      } finally {
        dialing.remove(pkiId, lock);
      }
    }
  }

  private PeerStream dial(ByteString pkiId, String endpoint) {
    PeerStream stream = dialer.dial(endpoint, this::ended);
    if (!stream.remote().pkiId().equals(pkiId)) {
      // The peer may have a new certificate; it will tell by a sign of life under its new id.
      stream.close();
      throw new GossipException(endpoint + " claims to be a different peer");
    }
    PeerStream other = open.putIfAbsent(pkiId, stream);
    if (other != null) {
      stream.close();
      return other;
    }
    return stream;
  }

  /** Takes in a stream that a peer has opened; it replaces the one there was. */
  void dialed(PeerStream stream) {
    PeerStream previous = open.put(stream.remote().pkiId(), stream);
    if (previous != null) {
      previous.close();
    }
    if (closed) {
      stream.close();
    }
  }

  void ended(PeerStream stream) {
    open.remove(stream.remote().pkiId(), stream);
  }

  void close(ByteString pkiId) {
    PeerStream stream = open.get(pkiId);
    if (stream != null) {
      stream.close();
    }
  }

  /** Takes and makes streams again after {@link #close}. */
  void reopen() {
    closed = false;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    open.values().forEach(PeerStream::close);
  }
}
