package org.blockraft.chaincode;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hyperledger.fabric.protos.peer.ChaincodeGrpc;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;

/**
 * A connection to one chaincode that runs as a server, and the one stream in it. Thread-safe.
 * Fabric: core/chaincode/extcc/extcc_handler.go.
 */
final class ServerConnection implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX =
      100 * 1024 * 1024; // stock's limit in both directions
  private static final long KEEPALIVE_INTERVAL_SECONDS = 60; // stock's comm.DefaultKeepaliveOptions
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 20;

  private final ManagedChannel channel;

  private ServerConnection(ManagedChannel channel) {
    this.channel = channel;
  }

  /** Dials a chaincode and waits for the connection; throws with stock's text. */
  static ServerConnection dial(String packageId, ChaincodeServerInfo info)
      throws InterruptedException {
    ManagedChannel channel = null;
    try {
      channel = channel(info);
      awaitConnection(channel, info);
      return new ServerConnection(channel);
    } catch (ChaincodeException e) {
      if (channel != null) {
        channel.shutdownNow();
      }
      throw ChaincodeException.wrap(
          "error cannot create connection for "
              + packageId
              + ": error creating grpc connection to "
              + info.address(),
          e);
    }
  }

  /** Opens the stream; tells when it is over. */
  void converse(StreamFactory streams, Runnable atEnd) {
    ChaincodeGrpc.newStub(channel).connect(new Inbound(streams, atEnd));
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static ManagedChannel channel(ChaincodeServerInfo info) {
    HostPort target = HostPort.parse(info.address());
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(target.host(), target.port())
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .keepAliveTime(KEEPALIVE_INTERVAL_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .disableRetry()
            .directExecutor();
    if (info.tls() == null) {
      builder.usePlaintext();
    } else {
      builder.sslContext(TlsMaterial.clientContext(info.tls()));
    }
    return builder.build();
  }

  /**
   * Waits until the channel is ready; gives up early on what will not get better, as Go's client
   * does.
   */
  private static void awaitConnection(ManagedChannel channel, ChaincodeServerInfo info)
      throws InterruptedException {
    long deadline = System.nanoTime() + info.dialTimeout().toNanos();
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      if (state == ConnectivityState.TRANSIENT_FAILURE) {
        String reason = hopeless(channel, info);
        if (reason != null) {
          throw new ChaincodeException(
              "failed to create new connection: connection error: desc = \"transport: error while"
                  + " dialing: "
                  + reason
                  + "\"");
        }
      }
      CompletableFuture<Void> changed = new CompletableFuture<>();
      channel.notifyWhenStateChanged(state, () -> changed.complete(null));
      try {
        changed.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw new ChaincodeException(
            "failed to create new connection: context deadline exceeded", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
      state = channel.getState(true);
    }
  }

  /** Why a channel in trouble will stay in trouble, in Go's words; null if it may yet connect. */
  private static String hopeless(ManagedChannel channel, ChaincodeServerInfo info) {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Probe probe = new Probe(outcome);
    ChaincodeGrpc.newStub(channel).connect(probe);
    Throwable failure;
    try {
      failure = outcome.get(1, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      probe.cancel();
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "dial tcp: lookup " + HostPort.parse(info.address()).host() + ": no such host";
      }
      if (cause instanceof ConnectException
          && String.valueOf(cause.getMessage()).contains("refused")) {
        return "dial tcp " + address(cause.getMessage(), info) + ": connect: connection refused";
      }
    }
    return null;
  }

  /** The numeric address in a Java text like "Connection refused: localhost/127.0.0.1:9999". */
  private static String address(String text, ChaincodeServerInfo info) {
    int slash = text.lastIndexOf('/');
    return slash < 0 ? info.address() : text.substring(slash + 1);
  }

  /** Learns why calls fail. */
  private static final class Probe
      implements ClientResponseObserver<ChaincodeMessage, ChaincodeMessage> {
    private final CompletableFuture<Throwable> outcome;
    private ClientCallStreamObserver<ChaincodeMessage> call;

    Probe(CompletableFuture<Throwable> outcome) {
      this.outcome = outcome;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ChaincodeMessage> started) {
      call = started;
    }

    @Override
    public void onNext(ChaincodeMessage message) {
      outcome.complete(null);
      cancel();
    }

    void cancel() {
      call.cancel("only a probe", null);
    }

    @Override
    public void onError(Throwable failure) {
      outcome.complete(failure);
    }

    @Override
    public void onCompleted() {
      outcome.complete(null);
    }
  }

  /** What the chaincode sends; called by gRPC, one call at a time. */
  private final class Inbound
      implements ClientResponseObserver<ChaincodeMessage, ChaincodeMessage> {
    private final StreamFactory streams;
    private final Runnable atEnd;
    private ChaincodeStream stream;

    Inbound(StreamFactory streams, Runnable atEnd) {
      this.streams = streams;
      this.atEnd = atEnd;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ChaincodeMessage> call) {
      stream = streams.open(new ClientSide(call));
    }

    @Override
    public void onNext(ChaincodeMessage message) {
      stream.received(message);
    }

    @Override
    public void onError(Throwable failure) {
      end("receive from chaincode support stream failed: " + failure.getMessage());
    }

    @Override
    public void onCompleted() {
      end("EOF");
    }

    private void end(String reason) {
      stream.ended(reason);
      atEnd.run();
      channel.shutdownNow();
    }
  }

  /** Sends to a chaincode that the peer dialed. */
  private record ClientSide(ClientCallStreamObserver<ChaincodeMessage> call) implements Outbound {
    @Override
    public void send(ChaincodeMessage message) {
      call.onNext(message);
    }

    @Override
    public void end(String reason) {
      Metadata none = new Metadata();
      call.cancel(reason, new StatusRuntimeException(Status.CANCELLED, none));
    }
  }
}
