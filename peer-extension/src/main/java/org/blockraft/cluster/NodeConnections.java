package org.blockraft.cluster;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.blockraft.coordination.NodeInfo;

/**
 * Connections to other nodes: those of links, and those beside them for calls of their own, which
 * end when the link with their node does. Safe for use by many threads.
 */
final class NodeConnections {
  private final LinkRegistry registry;
  private final Optional<SslContext> tls;
  private final LinkThreads threads;
  private final Map<ManagedChannel, String> beside = new ConcurrentHashMap<>();
  private boolean closed;

  NodeConnections(LinkRegistry registry, Optional<SslContext> tls, LinkThreads threads) {
    this.registry = registry;
    this.tls = tls;
    this.threads = threads;
  }

  /** Prepares a connection for a link. */
  ManagedChannel link(NodeInfo node) {
    return builder(node).directExecutor().build();
  }

  private NettyChannelBuilder builder(NodeInfo node) {
    LinkSettings settings = registry.settings();
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + node.address())
            .flowControlWindow(LinkLimits.FLOW_CONTROL_BYTES)
            .maxInboundMessageSize(settings.frameBytesMax())
            .maxInboundMetadataSize(LinkLimits.METADATA_BYTES_MAX)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.helloTimeout().toMillis())
            // Proxies of the environment are for the outside.
            .proxyDetector(address -> null)
            .disableServiceConfigLookUp()
            .disableRetry();
    threads.dial(builder);
    tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    return builder;
  }

  /**
   * Prepares a connection beside the link, for one call at a time; who asked for it shuts it down.
   *
   * @return none without a link with the node, or if there are too many
   */
  synchronized Optional<ManagedChannel> connect(String node) {
    beside.keySet().removeIf(ManagedChannel::isShutdown);
    NodeInfo info = registry.members().get(node);
    if (closed
        || info == null
        || registry.link(node) == null
        || beside.size() >= LinkLimits.RELAYS_MAX) {
      return Optional.empty();
    }
    ManagedChannel connection =
        builder(info).flowControlWindow(LinkLimits.RELAY_FLOW_CONTROL_BYTES).build();
    beside.put(connection, node);
    return Optional.of(connection);
  }

  /** Ends connections with nodes that there is no link with any more. */
  void tick() {
    beside.forEach(
        (connection, node) -> {
          if (registry.link(node) == null) {
            connection.shutdownNow();
          }
          if (connection.isShutdown()) {
            beside.remove(connection);
          }
        });
  }

  /** Ends all beside the links; there are no further ones. */
  synchronized void close() {
    closed = true;
    beside.keySet().forEach(ManagedChannel::shutdownNow);
    beside.clear();
  }
}
