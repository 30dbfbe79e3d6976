package org.blockraft.ingress;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC server as stock runs it: message sizes, keepalive rules, limits on calls at a time,
 * metrics of calls and connections. Handlers may block: calls have virtual threads.
 *
 * <p>Fabric source: internal/pkg/comm/server.go, internal/peer/node/start.go serve.
 */
public final class GrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

  /**
   * What may be under way on one stream before the receiver asks for more; blocks are about this
   * large.
   */
  private static final int FLOW_CONTROL_BYTES = 1 << 20;

  /** How long calls that were cut off at close have to end. */
  private static final long STOP_SECONDS = 5;

  private final OpenCalls open = new OpenCalls();
  private final Server server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Builds the server; it listens after {@link #start}. */
  public GrpcServer(
      GrpcServerSettings settings, List<? extends BindableService> services, MeterRegistry meters) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(settings.address())
            .executor(Runnable::run)
            .callExecutor(threadsOf(services))
            .flowControlWindow(FLOW_CONTROL_BYTES)
            .maxInboundMessageSize(settings.inboundMessageBytesMax())
            .keepAliveTime(settings.keepaliveInterval().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(settings.keepaliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(settings.keepaliveMinInterval().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .handshakeTimeout(settings.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .addTransportFilter(new ConnectionMetrics(meters))
            .fallbackHandlerRegistry(new UnknownMethods(services));
    settings.tls().ifPresent(builder::sslContext);
    for (ServerServiceDefinition service : intercepted(services, settings.limits(), meters)) {
      builder.addService(ServerInterceptors.intercept(service, open));
    }
    this.server = builder.build();
  }

  /** Calls have a thread each but proposals, which make nobody wait where they come in. */
  private ServerCallExecutorSupplier threadsOf(List<? extends BindableService> services) {
    String unwaiting = EndorserGrpc.getProcessProposalMethod().getFullMethodName();
    boolean isUnwaiting = services.stream().anyMatch(EndorserService.class::isInstance);
    return new ServerCallExecutorSupplier() {
      @Override
      public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return isUnwaiting && method.equals(unwaiting) ? Runnable::run : threads;
      }
    };
  }

  /** The services behind the interceptors of a peer's server, outermost first. */
  static List<ServerServiceDefinition> intercepted(
      List<? extends BindableService> services, ConcurrencyLimits limits, MeterRegistry meters) {
    MalformedRequests malformed = new MalformedRequests();
    List<ServerInterceptor> interceptors =
        List.of(
            new CallPeer.Interceptor(),
            new CallMetrics(meters),
            new CallLog(),
            new CallLimiter(limits),
            malformed);
    return services.stream()
        .map(service -> malformed.tolerant(service.bindService()))
        .map(service -> ServerInterceptors.interceptForward(service, interceptors))
        .toList();
  }

  /**
   * Binds the port and begins to serve.
   *
   * @throws IOException when the port cannot be bound
   */
  public void start() throws IOException {
    server.start();
    LOG.info("gRPC server listens on {}", server.getListenSockets());
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /**
   * Takes no new calls, tells clients to go elsewhere, and waits for the calls under way.
   *
   * @param unaryMax for calls with one answer
   * @param streamsMax for all others, counted from now as well
   */
  public void finish(Duration unaryMax, Duration streamsMax) {
    server.shutdown();
    try {
      if (!open.awaitNone(unaryMax, streamsMax)) {
        LOG.warn("Calls are still under way, and are cut off: {}", open);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Cuts off all calls and connections. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("gRPC server still has calls after {} s", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
  }
}
