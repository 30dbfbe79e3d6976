package org.blockraft.intake;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.blockraft.identity.SampleOrganization;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.orderer.AtomicBroadcastGrpc;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.hyperledger.fabric.protos.orderer.DeliverResponse;
import org.hyperledger.fabric.protos.orderer.SeekInfo;

/** An orderer for tests: serves a chain over TLS on loopback, and lies or dies when told to. */
final class FakeOrderer implements AutoCloseable {
  private final SampleBlocks blocks;
  private final Server server;
  private final int port;

  /** Where each deliver request started. */
  final List<Long> seeks = new CopyOnWriteArrayList<>();

  /** The blocks that this orderer would serve end before this number. */
  private final int end;

  private final UnaryOperator<Block> distortion;
  private final Ending ending;

  /** What comes after the last block. */
  enum Ending {
    SILENCE,
    HANG_UP,
    STATUS
  }

  FakeOrderer(
      SampleOrganization org,
      SampleBlocks blocks,
      int end,
      Ending ending,
      UnaryOperator<Block> distortion) {
    this.blocks = blocks;
    this.end = end;
    this.ending = ending;
    this.distortion = distortion;
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sslContext(TlsTrust.server(org.tls(), false, new TlsRoots(List.of())))
              .addService(new Service())
              .directExecutor()
              .build()
              .start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address() {
    return "localhost:" + port;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Service extends AtomicBroadcastGrpc.AtomicBroadcastImplBase {

    @Override
    public StreamObserver<Envelope> deliver(StreamObserver<DeliverResponse> replies) {
      return new Requests() {
        @Override
        public void onNext(Envelope request) {
          serve(request, replies);
        }
      };
    }

    @Override
    public StreamObserver<Envelope> broadcast(StreamObserver<BroadcastResponse> replies) {
      return new Requests() {
        @Override
        public void onNext(Envelope request) {
          if (request.getPayload().isEmpty()) {
            replies.onError(Status.UNAVAILABLE.withDescription("no payload").asRuntimeException());
            return;
          }
          replies.onNext(
              BroadcastResponse.newBuilder()
                  .setStatus(org.hyperledger.fabric.protos.common.Status.SUCCESS)
                  .build());
        }
      };
    }
  }

  private void serve(Envelope request, StreamObserver<DeliverResponse> replies) {
    long start;
    try {
      SeekInfo seek = SeekInfo.parseFrom(Payload.parseFrom(request.getPayload()).getData());
      start = seek.getStart().getSpecified().getNumber();
    } catch (InvalidProtocolBufferException e) {
      replies.onError(Status.INVALID_ARGUMENT.asRuntimeException());
      return;
    }
    seeks.add(start);
    for (int number = (int) start; number < Math.min(end, blocks.height()); number++) {
      replies.onNext(
          DeliverResponse.newBuilder().setBlock(distortion.apply(blocks.get(number))).build());
    }
    switch (ending) {
      case SILENCE -> {}
      case HANG_UP -> replies.onCompleted();
      case STATUS ->
          replies.onNext(
              DeliverResponse.newBuilder()
                  .setStatus(org.hyperledger.fabric.protos.common.Status.SERVICE_UNAVAILABLE)
                  .build());
    }
  }

  private abstract static class Requests implements StreamObserver<Envelope> {
    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
