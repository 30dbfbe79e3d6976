package org.blockraft.testnet;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.LocalMsp;
import org.blockraft.intake.BlockHeaders;
import org.hyperledger.fabric.protos.common.Block;

/**
 * An orderer for development: one process, no consensus, blocks on disk. It speaks the ordering
 * service's gRPC interface over TLS, so that a peer and its clients need nothing else.
 */
public final class DevelopmentOrderer implements AutoCloseable {
  /** As large as Fabric's orderers accept. */
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  /** Stock clients ping every 60 seconds at most; the same rule as a stock orderer. */
  private static final long CLIENT_PING_INTERVAL_MIN_SECONDS = 60;

  private static final long STOP_TIMEOUT_SECONDS = 5;

  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, OrdererChain> chains = new HashMap<>();
  private final OrdererService service;
  private final Server server;

  /**
   * Opens the channels and binds the listener.
   *
   * @param node the orderer's cryptogen folder with {@code msp} and {@code tls}
   * @param data where blocks are kept
   */
  public DevelopmentOrderer(
      String mspId, Path node, Path data, String listen, List<Block> genesis, InstantSource clock)
      throws IOException {
    LocalMsp msp = LocalMsp.load(node.resolve("msp"), mspId, clock);
    for (Block block : genesis) {
      String channel =
          BlockHeaders.channelHeader(block.getData().getData(0)).orElseThrow().getChannelId();
      chains.put(
          channel, new OrdererChain(data.resolve(channel + ".blocks"), block, msp.signer(), clock));
    }
    service = new OrdererService(chains);
    int colon = listen.lastIndexOf(':');
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(
                    listen.substring(0, colon), Integer.parseInt(listen.substring(colon + 1))))
            .sslContext(
                GrpcSslContexts.forServer(
                        node.resolve("tls/server.crt").toFile(),
                        node.resolve("tls/server.key").toFile())
                    .build())
            .executor(calls)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .permitKeepAliveTime(CLIENT_PING_INTERVAL_MIN_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(service)
            .build();
  }

  public void start() throws IOException {
    chains.values().forEach(OrdererChain::start);
    server.start();
  }

  int port() {
    return server.getPort();
  }

  OrdererChain chain(String channel) {
    return chains.get(channel);
  }

  void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() {
    server.shutdownNow();
    service.close();
    try {
      server.awaitTermination(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    chains.values().forEach(OrdererChain::close);
    calls.shutdownNow();
  }
}
