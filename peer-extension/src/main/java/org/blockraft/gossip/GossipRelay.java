package org.blockraft.gossip;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.hyperledger.fabric.protos.gossip.Envelope;

/** Passes streams of other peers on to the node of this peer that gossips. */
final class GossipRelay {
  static final String SERVICE = "blockraft.cluster.v1.Relay";

  static final MethodDescriptor<Envelope, Envelope> GOSSIP =
      MethodDescriptor.<Envelope, Envelope>newBuilder(
              ProtoUtils.marshaller(Envelope.getDefaultInstance()),
              ProtoUtils.marshaller(Envelope.getDefaultInstance()))
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Gossip"))
          .build();

  static final Status NOT_HERE =
      Status.UNAVAILABLE.withDescription("another node of this peer gossips");

  private final Supplier<Optional<ManagedChannel>> leader;
  private final Executor threads;

  /**
   * @param leader a new connection for one stream
   */
  GossipRelay(Supplier<Optional<ManagedChannel>> leader, Executor threads) {
    this.leader = leader;
    this.threads = threads;
  }

  /** Passes on what comes by a call, or refuses it if there is nobody to pass it on to. */
  ServerCall.Listener<Envelope> start(ServerCall<Envelope, Envelope> call, TlsHashes hashes) {
    Optional<ManagedChannel> connection = leader.get();
    if (connection.isEmpty()) {
      call.close(NOT_HERE, new Metadata());
      return new ServerCall.Listener<>() {};
    }
    CallOptions options = CallOptions.DEFAULT.withExecutor(threads);
    return RelayedStream.start(
        call, connection.get(), connection.get().newCall(GOSSIP, options), hashes.headers());
  }
}
