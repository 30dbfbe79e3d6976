package org.blockraft.differential;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
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

/**
 * An orderer that only delivers: given blocks, up to a height that is raised from outside. With the
 * key material of a real orderer, peers take it for that one.
 */
final class BlockServer extends AtomicBroadcastGrpc.AtomicBroadcastImplBase
    implements AutoCloseable {
  private static final long STOP_SECONDS = 5;

  private final List<Block> blocks;
  private final Server server;
  private final ExecutorService deliveries = Executors.newVirtualThreadPerTaskExecutor();
  private long height = 1;
  private boolean closed;

  /**
   * Starts to listen on the loopback interface.
   *
   * @param blocks what a peer adds to them is taken away
   * @param port 0 for any
   * @param tls a folder with {@code server.crt} and {@code server.key}
   */
  BlockServer(List<Block> blocks, int port, Path tls) throws IOException {
    this.blocks = new ArrayList<>(blocks);
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
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

  /** Appends a block and lets go of all. */
  synchronized void append(Block block) {
    blocks.add(block);
    raise(blocks.size());
  }

  /** The block, or null when this is closed before it is let go of. */
  private synchronized Block await(long number) throws InterruptedException {
    while (height <= number && !closed) {
      wait(TimeUnit.SECONDS.toMillis(1));
    }
    return closed ? null : blocks.get((int) number);
  }

  @Override
  public StreamObserver<Envelope> deliver(StreamObserver<DeliverResponse> responses) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Envelope request) {
        deliveries.execute(
            () -> {
              try {
                serve(request, responses);
              } catch (IOException e) {
                responses.onError(Status.UNKNOWN.withCause(e).asRuntimeException());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // The server stops.
              }
            });
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
    for (Block block = await(next); block != null; block = await(++next)) {
      responses.onNext(
          DeliverResponse.newBuilder().setBlock(BlockComparison.ordered(block)).build());
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
