package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLSession;
import org.blockraft.identity.TlsTrust;
import org.hyperledger.fabric.protos.gossip.Empty;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipGrpc;

/**
 * Streams that other peers open.
 *
 * <p>Fabric: gossip/comm/comm_impl.go GossipStream, Ping.
 */
final class GossipService extends GossipGrpc.GossipImplBase implements BindableService {
  private static final Context.Key<ByteString> TLS_HASH = Context.key("gossip-tls-hash");

  private final GossipSettings settings;
  private final GossipTls tls;
  private final Handshake handshake;
  private final PeerStreams streams;
  private final BiConsumer<PeerStream, SignedMessage> handler;

  GossipService(
      GossipSettings settings,
      GossipTls tls,
      Handshake handshake,
      PeerStreams streams,
      BiConsumer<PeerStream, SignedMessage> handler) {
    this.settings = settings;
    this.tls = tls;
    this.handshake = handshake;
    this.streams = streams;
    this.handler = handler;
  }

  /** The service behind the interceptor that it needs. */
  ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(bindService(), new TlsHash());
  }

  @Override
  public void ping(Empty request, StreamObserver<Empty> responses) {
    responses.onNext(Empty.getDefaultInstance());
    responses.onCompleted();
  }

  @Override
  public StreamObserver<Envelope> gossipStream(StreamObserver<Envelope> responses) {
    ServerCallStreamObserver<Envelope> out = (ServerCallStreamObserver<Envelope>) responses;
    if (streams.isClosed()) {
      out.onError(
          Status.UNAVAILABLE
              .withDescription("another node of this peer gossips")
              .asRuntimeException());
      return new Unheard();
    }
    ByteString remoteHash = TLS_HASH.get() == null ? ByteString.EMPTY : TLS_HASH.get();
    StreamReceiver receiver =
        new StreamReceiver(
            handshake, tls.enabled(), () -> remoteHash, remote -> opened(remote, out), handler);
    var ignored =
        receiver.stream()
            .orTimeout(settings.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((stream, failure) -> settled(out, stream, failure));
    out.setOnCancelHandler(receiver::onCompleted);
    out.onNext(handshake.hello(tls.serverHash(), false));
    return receiver;
  }

  private PeerStream opened(RemotePeer remote, ServerCallStreamObserver<Envelope> out) {
    PeerStream[] made = new PeerStream[1];
    made[0] = new PeerStream(remote, out, () -> streams.ended(made[0]));
    return made[0];
  }

  private void settled(
      ServerCallStreamObserver<Envelope> out, PeerStream stream, Throwable failure) {
    if (failure != null) {
      if (!out.isCancelled()) {
        out.onError(Status.UNKNOWN.withDescription(failure.getMessage()).asRuntimeException());
      }
    } else if (stream.remote().probe()) {
      stream.close();
    } else {
      streams.dialed(stream);
    }
  }

  /** Takes what still comes on a stream that was refused. */
  private static final class Unheard implements StreamObserver<Envelope> {
    @Override
    public void onNext(Envelope value) {}

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {}
  }

  /** Hashes the certificate that the caller showed, verified or not. */
  private static final class TlsHash implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      ByteString hash = session == null ? ByteString.EMPTY : TlsTrust.peerLeafHash(session);
      return Contexts.interceptCall(
          Context.current().withValue(TLS_HASH, hash), call, headers, next);
    }
  }
}
