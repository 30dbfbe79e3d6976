package org.blockraft.gossip;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.hyperledger.fabric.protos.gossip.Empty;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipGrpc;

/**
 * Streams that other peers open.
 *
 * <p>Fabric: gossip/comm/comm_impl.go GossipStream, Ping.
 */
final class GossipService {
  private final GossipSettings settings;
  private final GossipTls tls;
  private final Handshake handshake;
  private final PeerStreams streams;
  private final BiConsumer<PeerStream, SignedMessage> handler;
  private final GossipRelay relay;
  private final Executor threads;
  private final ServerCallHandler<Envelope, Envelope> here =
      ServerCalls.asyncBidiStreamingCall(this::gossipStream);

  GossipService(
      GossipSettings settings,
      GossipTls tls,
      Handshake handshake,
      PeerStreams streams,
      BiConsumer<PeerStream, SignedMessage> handler,
      GossipRelay relay,
      Executor threads) {
    this.settings = settings;
    this.tls = tls;
    this.handshake = handshake;
    this.streams = streams;
    this.handler = handler;
    this.relay = relay;
    this.threads = threads;
  }

  /** What other peers call. */
  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(GossipGrpc.getServiceDescriptor())
        .addMethod(GossipGrpc.getGossipStreamMethod(), this::dialed)
        .addMethod(GossipGrpc.getPingMethod(), ServerCalls.asyncUnaryCall(this::ping))
        .build();
  }

  private ServerCall.Listener<Envelope> dialed(
      ServerCall<Envelope, Envelope> call, Metadata headers) {
    TlsHashes hashes = TlsHashes.of(call, tls.serverHash());
    return streams.isClosed() ? relay.start(call, hashes) : start(call, headers, hashes);
  }

  /** What other nodes call, for streams that they were dialed for; it is not passed on again. */
  ServerServiceDefinition relayed() {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(GossipRelay.SERVICE)
            .addMethod(
                GossipRelay.GOSSIP, (call, headers) -> start(call, headers, TlsHashes.of(headers)))
            .build();
    return ServerInterceptors.intercept(service, new OffThread(threads));
  }

  private ServerCall.Listener<Envelope> start(
      ServerCall<Envelope, Envelope> call, Metadata headers, TlsHashes hashes) {
    return Contexts.interceptCall(
        Context.current().withValue(TlsHashes.OF_CALL, hashes), call, headers, here);
  }

  private void ping(Empty request, StreamObserver<Empty> responses) {
    responses.onNext(Empty.getDefaultInstance());
    responses.onCompleted();
  }

  private StreamObserver<Envelope> gossipStream(StreamObserver<Envelope> responses) {
    ServerCallStreamObserver<Envelope> out = (ServerCallStreamObserver<Envelope>) responses;
    if (streams.isClosed()) {
      out.onError(GossipRelay.NOT_HERE.asRuntimeException());
      return new Unheard();
    }
    TlsHashes hashes = TlsHashes.OF_CALL.get();
    StreamReceiver receiver =
        new StreamReceiver(
            handshake, tls.enabled(), hashes::remote, remote -> opened(remote, out), handler);
    var ignored =
        receiver.stream()
            .orTimeout(settings.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((stream, failure) -> settled(out, stream, failure));
    out.setOnCancelHandler(receiver::onCompleted);
    out.onNext(handshake.hello(hashes.own(), false));
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
}
