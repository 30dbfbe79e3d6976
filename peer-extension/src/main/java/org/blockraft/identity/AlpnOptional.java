package org.blockraft.identity;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * A server's TLS context that also takes clients who do not say that they speak HTTP/2, as stock
 * does; its gRPC library alone would refuse them. Thread-safe as the context within.
 *
 * <p>Fabric: internal/pkg/comm/creds.go ServerHandshake.
 */
final class AlpnOptional extends SslContext {
  /** With null among the protocols, "nothing was negotiated" counts as agreed. */
  private static final List<String> PROTOCOLS =
      Collections.unmodifiableList(Arrays.asList("h2", null));

  private final SslContext context;

  AlpnOptional(SslContext context) {
    this.context = context;
  }

  @Override
  public boolean isClient() {
    return context.isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return context.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own method has this type
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return () -> PROTOCOLS;
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return context.newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
    return context.newEngine(allocator, host, port);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return context.sessionContext();
  }
}
