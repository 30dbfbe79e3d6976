package org.blockraft.ingress;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * How a gRPC server listens and what it allows.
 *
 * @param address where to listen; port 0 picks a free one
 * @param tls as made by {@code TlsTrust.server}; empty is plain text
 * @param inboundMessageBytesMax {@code peer.maxRecvMsgSize}
 * @param keepaliveInterval {@code peer.keepalive.interval}: silence before the server pings
 * @param keepaliveTimeout {@code peer.keepalive.timeout}: time for the answer
 * @param keepaliveMinInterval {@code peer.keepalive.minInterval}: clients may ping this often
 * @param connectionTimeout for the handshake of a new connection
 * @param limits calls at a time by service
 */
public record GrpcServerSettings(
    InetSocketAddress address,
    Optional<SslContext> tls,
    int inboundMessageBytesMax,
    Duration keepaliveInterval,
    Duration keepaliveTimeout,
    Duration keepaliveMinInterval,
    Duration connectionTimeout,
    ConcurrencyLimits limits) {
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  /** Fabric's defaults (internal/pkg/comm/config.go), without limits on calls. */
  public static GrpcServerSettings defaults(InetSocketAddress address, Optional<SslContext> tls) {
    return new GrpcServerSettings(
        address,
        tls,
        MESSAGE_BYTES_MAX,
        Duration.ofHours(2),
        Duration.ofSeconds(20),
        Duration.ofMinutes(1),
        Duration.ofSeconds(5),
        ConcurrencyLimits.NONE);
  }

  public GrpcServerSettings withLimits(ConcurrencyLimits newLimits) {
    return new GrpcServerSettings(
        address,
        tls,
        inboundMessageBytesMax,
        keepaliveInterval,
        keepaliveTimeout,
        keepaliveMinInterval,
        connectionTimeout,
        newLimits);
  }
}
