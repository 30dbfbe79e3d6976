package org.blockraft.cluster;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.blockraft.cluster.wire.Frame;

/** Takes in the links that other nodes dial. */
final class LinkServer implements AutoCloseable {
  private static final Context.Key<Arrivals> ARRIVALS = Context.key("arrivals");

  /** Finds connections whose other end has vanished: their buffers shall not stay for ever. */
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  /** Nobody has a reason to be connected without a stream. */
  private static final Duration IDLE_MAX = Duration.ofSeconds(10);

  private final LinkRegistry registry;
  private final NettyServerBuilder builder;
  private final RelayLimit limit;
  private volatile Server server;

  LinkServer(
      LinkRegistry registry, RelayLimit limit, Optional<SslContext> tls, LinkThreads threads) {
    this.registry = registry;
    this.limit = limit;
    LinkSettings settings = registry.settings();
    builder =
        NettyServerBuilder.forAddress(settings.listenAddress())
            .directExecutor()
            .flowControlWindow(LinkLimits.FLOW_CONTROL_BYTES)
            .maxInboundMessageSize(settings.frameBytesMax())
            .maxInboundMetadataSize(LinkLimits.METADATA_BYTES_MAX)
            .maxConcurrentCallsPerConnection(1)
            .handshakeTimeout(settings.helloTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEPALIVE.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS)
            .addStreamTracerFactory(new ArrivalsFactory())
            .addService(
                ServerServiceDefinition.builder(FrameWire.SERVICE)
                    .addMethod(FrameWire.CONNECT, (call, headers) -> accept(call))
                    .build());
    threads.serve(builder);
    tls.ifPresent(builder::sslContext);
  }

  /**
   * Listens.
   *
   * @param services for admitted nodes, beside links; their calls must not block
   */
  void start(List<ServerServiceDefinition> services) throws IOException {
    services.forEach(service -> builder.addService(ServerInterceptors.intercept(service, limit)));
    server = builder.build().start();
  }

  int port() {
    return server.getPort();
  }

  private ServerCall.Listener<Frame> accept(ServerCall<Frame, Frame> call) {
    Arrivals arrivals = ARRIVALS.get();
    Link link = new Link(registry, Optional.empty(), new AcceptedWire(call));
    arrivals.link = link;
    registry.opened(link);
    return new Receiver(link);
  }

  @Override
  public void close() {
    if (server == null) {
      return;
    }
    server.shutdownNow();
    try {
      server.awaitTermination(LinkLimits.STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Called by the connection's thread. */
  private static final class Receiver extends ServerCall.Listener<Frame> {
    private final Link link;

    private Receiver(Link link) {
      this.link = link;
    }

    @Override
    public void onMessage(Frame frame) {
      // What is begun here must not end with this stream, as calls within its context would.
      Context previous = Context.ROOT.attach();
      try {
        link.received(frame);
      } finally {
        Context.ROOT.detach(previous);
      }
    }

    @Override
    public void onReady() {
      link.ready();
    }

    @Override
    public void onHalfClose() {
      link.end("the other node has ended the stream");
    }

    @Override
    public void onCancel() {
      link.end("the stream was cut off");
    }

    @Override
    public void onComplete() {
      link.end("the stream was ended");
    }
  }

  /** Tells the link about bytes long before a large frame is complete. */
  private static final class Arrivals extends ServerStreamTracer {
    private volatile Link link;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(ARRIVALS, this);
    }

    @Override
    public void inboundWireSize(long bytes) {
      Link known = link;
      if (known != null) {
        known.heard(bytes);
      }
    }
  }

  private static final class ArrivalsFactory extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
      return new Arrivals();
    }
  }
}
