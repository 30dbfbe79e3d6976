package org.blockraft.differential;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.orderer.AtomicBroadcastGrpc;
import org.hyperledger.fabric.protos.orderer.DeliverResponse;
import org.hyperledger.fabric.protos.orderer.SeekInfo;

/** Delivers recorded blocks as their orderer did, up to a height that a test raises. */
final class RecordedOrderer extends AtomicBroadcastGrpc.AtomicBroadcastImplBase
    implements AutoCloseable {
  private static final long STOP_SECONDS = 5;

  private final List<Block> blocks;
  private final Server server;
  private final ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor();
  private long height = 1;
  private boolean closed;

  RecordedOrderer(List<Block> blocks, Path tls) throws IOException {
    this.blocks = blocks;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .sslContext(
                GrpcSslContexts.forServer(
                        tls.resolve("server.crt").toFile(), tls.resolve("server.key").toFile())
                    .build())
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /** Lets go of blocks below {@code newHeight}. */
  synchronized void raise(long newHeight) {
    height = newHeight;
    notifyAll();
  }

  private synchronized boolean await(long number) throws InterruptedException {
    while (height <= number && !closed) {
      wait(TimeUnit.SECONDS.toMillis(1));
    }
    return !closed;
  }

  @Override
  public StreamObserver<Envelope> deliver(StreamObserver<DeliverResponse> responses) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Envelope request) {
        deliveries.submit(() -> serve(request, responses));
      }

      @Override
      public void onError(Throwable failure) {
        // The peer has gone.
      }

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }

  private Void serve(Envelope request, StreamObserver<DeliverResponse> responses)
      throws IOException, InterruptedException {
    SeekInfo seek = SeekInfo.parseFrom(Payload.parseFrom(request.getPayload()).getData());
    long next = seek.getStart().hasSpecified() ? seek.getStart().getSpecified().getNumber() : 0;
    for (; next < blocks.size() && await(next); next++) {
      Block block = BlockComparison.ordered(blocks.get((int) next));
      responses.onNext(DeliverResponse.newBuilder().setBlock(block).build());
    }
    return null;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    deliveries.shutdownNow();
    server.shutdownNow();
    try {
      server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
