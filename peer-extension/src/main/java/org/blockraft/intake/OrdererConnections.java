package org.blockraft.intake;

import com.google.protobuf.ByteString;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.OrdererOrg;
import org.blockraft.identity.OrdererSection;
import org.blockraft.identity.TlsTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to orderers, shared by all channels of the peer. Safe for use by many threads.
 *
 * <p>Fabric: internal/pkg/peer/orderers/connection.go, internal/pkg/gateway/endpoint.go.
 */
public final class OrdererConnections implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrdererConnections.class);

  /** The largest message of Fabric's default configuration, both ways. */
  static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  /** More distinct sets of roots than one peer ever sees at a time. */
  private static final int TLS_CONTEXTS_MAX = 64;

  private record Target(String address, List<ByteString> tlsRoots) {}

  private final OrdererSettings settings;
  private final Map<Target, ManagedChannel> shared = new ConcurrentHashMap<>();
  private final Map<String, Long> warned = new ConcurrentHashMap<>();
  private final Map<List<ByteString>, SslContext> tlsContexts = new ConcurrentHashMap<>();

  public OrdererConnections(OrdererSettings settings) {
    this.settings = settings;
  }

  /**
   * The orderers of a channel: those of the organizations with endpoints, each with its
   * organization's TLS roots, else the global addresses with all roots; overrides applied.
   */
  public List<OrdererEndpoint> endpoints(ChannelConfig config) {
    List<OrdererOrg> orgs =
        List.copyOf(config.orderer().map(OrdererSection::organizations).orElse(Map.of()).values());
    List<OrdererEndpoint> endpoints = new ArrayList<>();
    for (OrdererOrg org : orgs) {
      List<ByteString> roots = org.tlsRoots();
      org.endpoints().forEach(address -> endpoints.add(endpoint(address, org.mspId(), roots)));
    }
    if (!endpoints.isEmpty()) {
      if (!config.ordererAddresses().isEmpty() && isNew(config)) {
        log.warn(
            "Config defines both orderer org specific endpoints and global endpoints, global"
                + " endpoints will be ignored");
      }
      return List.copyOf(endpoints);
    }
    List<ByteString> allRoots = orgs.stream().flatMap(org -> org.tlsRoots().stream()).toList();
    return config.ordererAddresses().stream()
        .map(address -> endpoint(address, "", allRoots))
        .toList();
  }

  /** Endpoints are asked for with each transaction; about a configuration one word is enough. */
  private boolean isNew(ChannelConfig config) {
    Long before = warned.put(config.channelId(), config.sequence());
    return before == null || before != config.sequence();
  }

  private OrdererEndpoint endpoint(String address, String mspId, List<ByteString> roots) {
    OrdererSettings.AddressOverride override = settings.addressOverrides().get(address);
    return override == null
        ? new OrdererEndpoint(address, address, mspId, roots)
        : new OrdererEndpoint(address, override.to(), mspId, override.tlsRoots());
  }

  /** A connection to an orderer, kept open for the next caller; not to be shut down by him. */
  public ManagedChannel shared(OrdererEndpoint endpoint) {
    ManagedChannel channel =
        shared.computeIfAbsent(
            new Target(endpoint.connectAddress(), endpoint.tlsRoots()), target -> open(endpoint));
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff(); // somebody wants to send now
    }
    return channel;
  }

  /**
   * A new connection to an orderer, which the caller shuts down.
   *
   * @throws OrdererException if its address or its certificates are malformed
   */
  ManagedChannel open(OrdererEndpoint endpoint) {
    try {
      return newChannel(endpoint);
    } catch (IllegalArgumentException e) {
      throw new OrdererException(
          "could not dial endpoint '%s': %s".formatted(endpoint.connectAddress(), e.getMessage()),
          e);
    }
  }

  private ManagedChannel newChannel(OrdererEndpoint endpoint) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + endpoint.connectAddress())
            .keepAliveTime(settings.keepaliveInterval().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(settings.keepaliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .directExecutor(); // our listeners only hand over
    if (settings.tls()) {
      builder.sslContext(tlsContext(endpoint.tlsRoots()));
    } else {
      builder.usePlaintext();
    }
    return builder.build();
  }

  private SslContext tlsContext(List<ByteString> roots) {
    if (tlsContexts.size() > TLS_CONTEXTS_MAX) {
      tlsContexts.clear();
    }
    return tlsContexts.computeIfAbsent(
        roots, key -> TlsTrust.client(key, settings.clientCredentials()));
  }

  /** Closes connections that no channel's configuration names any more. */
  public void retain(Stream<OrdererEndpoint> inUse) {
    List<Target> targets =
        inUse.map(used -> new Target(used.connectAddress(), used.tlsRoots())).toList();
    for (Target target : List.copyOf(shared.keySet())) {
      if (!targets.contains(target)) {
        ManagedChannel stale = shared.remove(target);
        if (stale != null) {
          stale.shutdown();
        }
      }
    }
  }

  /** Closes the shared connections. */
  @Override
  public void close() {
    shared.values().forEach(ManagedChannel::shutdownNow);
    shared.clear();
  }
}
