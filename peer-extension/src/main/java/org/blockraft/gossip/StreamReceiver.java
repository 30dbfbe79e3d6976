package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving side of a stream: the first message says who the other is, all others are handed
 * on. gRPC calls it from one thread at a time.
 */
final class StreamReceiver implements StreamObserver<Envelope> {
  private static final Logger LOG = LoggerFactory.getLogger(StreamReceiver.class);

  private final Handshake handshake;
  private final boolean tls;
  private final Supplier<ByteString> remoteTlsHash;
  private final Function<RemotePeer, PeerStream> opened;
  private final BiConsumer<PeerStream, SignedMessage> handler;
  private final CompletableFuture<PeerStream> stream = new CompletableFuture<>();

  /**
   * @param remoteTlsHash asked when the first message is there
   * @param opened makes the stream to an accepted peer
   */
  StreamReceiver(
      Handshake handshake,
      boolean tls,
      Supplier<ByteString> remoteTlsHash,
      Function<RemotePeer, PeerStream> opened,
      BiConsumer<PeerStream, SignedMessage> handler) {
    this.handshake = handshake;
    this.tls = tls;
    this.remoteTlsHash = remoteTlsHash;
    this.opened = opened;
    this.handler = handler;
  }

  /** Done when the other peer is accepted, or with the reason why not. */
  CompletableFuture<PeerStream> stream() {
    return stream;
  }

  @Override
  public void onNext(Envelope envelope) {
    if (!stream.isDone()) {
      try {
        stream.complete(opened.apply(handshake.accept(envelope, tls, remoteTlsHash.get())));
      } catch (GossipException e) {
        stream.completeExceptionally(e);
      }
      return;
    }
    if (stream.isCompletedExceptionally()) {
      return;
    }
    try {
      handler.accept(stream.join(), SignedMessage.open(envelope));
    } catch (GossipException e) {
      LOG.debug("A message from {} is no good: {}", stream.join().remote().mspId(), e.getMessage());
    }
  }

  @Override
  public void onError(Throwable cause) {
    end(new GossipException("stream failed: " + cause.getMessage(), cause));
  }

  @Override
  public void onCompleted() {
    end(new GossipException("stream ended"));
  }

  private void end(GossipException reason) {
    if (!stream.completeExceptionally(reason) && !stream.isCompletedExceptionally()) {
      stream.join().close();
    }
  }
}
