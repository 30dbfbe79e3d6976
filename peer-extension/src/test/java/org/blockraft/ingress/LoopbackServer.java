package org.blockraft.ingress;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.blockraft.operations.FabricMeterRegistry;

/** A real server on a free port of the loopback address, and a connection to it. */
final class LoopbackServer implements AutoCloseable {
  final FabricMeterRegistry meters = new FabricMeterRegistry();
  final ManagedChannel connection;
  final GrpcServer server;

  LoopbackServer(ConcurrencyLimits limits, BindableService... services) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        new GrpcServer(
            GrpcServerSettings.defaults(address, Optional.empty()).withLimits(limits),
            List.of(services),
            meters);
    server.start();
    connection =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(100 << 20)
            .build();
  }

  @Override
  public void close() {
    connection.shutdownNow();
    server.close();
  }
}
