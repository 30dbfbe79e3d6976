package org.blockraft.identity;

import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * TLS contexts for gRPC servers and clients: TLS 1.2 and 1.3.
 *
 * <p>Fabric: internal/pkg/comm/server.go, config.go.
 */
public final class TlsTrust {
  /** A connection that has not finished its handshake by then is closed. */
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private TlsTrust() {}

  /**
   * A server context. A client certificate is always requested. If it is required it must chain to
   * one of the roots in force at that moment, else any certificate, or none, is accepted, and the
   * caller can still hash what was offered ({@link #peerLeaf}).
   */
  public static SslContext server(
      TlsCredentials credentials, boolean clientCertificateRequired, TlsRoots clientRoots) {
    throw new IllegalStateException("being written");
  }

  /**
   * A client context.
   *
   * @param rootsPem whom to trust; the name in the certificate is checked too
   * @param credentials offered if the server asks for a certificate
   */
  public static SslContext client(
      Collection<ByteString> rootsPem, Optional<TlsCredentials> credentials) {
    throw new IllegalStateException("being written");
  }

  /** The certificate that the other side offered, verified or not. */
  public static Optional<X509Certificate> peerLeaf(SSLSession session) {
    throw new IllegalStateException("being written");
  }

  /** SHA-256 of {@link #peerLeaf}'s DER; empty if the other side offered none. */
  public static ByteString peerLeafHash(SSLSession session) {
    throw new IllegalStateException("being written");
  }
}
