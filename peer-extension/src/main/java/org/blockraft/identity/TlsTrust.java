package org.blockraft.identity;

import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * TLS contexts for gRPC servers and clients: TLS 1.2 and 1.3.
 *
 * <p>Fabric: internal/pkg/comm/server.go, config.go.
 */
public final class TlsTrust {
  /** A connection that has not finished its handshake by then is closed. */
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** The three of TLS 1.3, then those that Fabric lists for TLS 1.2. */
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_GCM_SHA384");

  /**
   * How keys and certificates are held in memory between the builder and the context. The default,
   * PKCS12, derives a key by ten thousand rounds of hashing when one is put in, and again when it
   * is taken out.
   */
  private static final String KEY_STORE_TYPE = "JKS";

  private TlsTrust() {}

  /**
   * A server context. A client certificate is always requested. If it is required it must chain to
   * one of the roots in force at that moment, else any certificate, or none, is accepted, and the
   * caller can still hash what was offered ({@link #peerLeaf}).
   *
   * @throws IdentityException if the credentials cannot be used
   */
  public static SslContext server(
      TlsCredentials credentials, boolean clientCertificateRequired, TlsRoots clientRoots) {
    SslContextBuilder builder =
        GrpcSslContexts.configure(
                SslContextBuilder.forServer(
                    credentials.key(), credentials.chain().toArray(X509Certificate[]::new)))
            .clientAuth(clientCertificateRequired ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL)
            .trustManager(new TlsClientCheck(clientCertificateRequired, clientRoots));
    return new AlpnOptional(build(builder));
  }

  /**
   * A client context.
   *
   * @param rootsPem whom to trust, the system's authorities if empty; the name in the certificate
   *     is checked too
   * @param credentials offered if the server asks for a certificate
   * @throws IdentityException if a root is not a certificate or the credentials cannot be used
   */
  public static SslContext client(
      Collection<ByteString> rootsPem, Optional<TlsCredentials> credentials) {
    List<X509Certificate> roots = new ArrayList<>();
    for (ByteString pem : rootsPem) {
      List<X509Certificate> parsed = TlsPem.certificates(pem);
      if (parsed.isEmpty()) {
        throw new IdentityException("error adding root certificate");
      }
      roots.addAll(parsed);
    }
    return clientOf(roots, credentials);
  }

  /** As {@link #client}, with the roots in force at this moment. */
  public static SslContext client(TlsRoots roots, Optional<TlsCredentials> credentials) {
    return clientOf(roots.current(), credentials);
  }

  private static SslContext clientOf(
      List<X509Certificate> roots, Optional<TlsCredentials> credentials) {
    SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient());
    if (!roots.isEmpty()) {
      builder.trustManager(roots.toArray(X509Certificate[]::new));
    }
    credentials.ifPresent(
        own -> builder.keyManager(own.key(), own.chain().toArray(X509Certificate[]::new)));
    return build(builder);
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return builder
          .keyStoreType(KEY_STORE_TYPE)
          .protocols(PROTOCOLS)
          .ciphers(CIPHER_SUITES, SupportedCipherSuiteFilter.INSTANCE)
          .build();
    } catch (SSLException e) {
      throw new IdentityException("cannot set up TLS: " + e.getMessage());
    }
  }

  /** The certificate that the other side offered, verified or not. */
  public static Optional<X509Certificate> peerLeaf(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate leaf
          ? Optional.of(leaf)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /** SHA-256 of {@link #peerLeaf}'s DER; empty if the other side offered none. */
  public static ByteString peerLeafHash(SSLSession session) {
    return peerLeaf(session).map(TlsCredentials::hash).orElse(ByteString.EMPTY);
  }
}
