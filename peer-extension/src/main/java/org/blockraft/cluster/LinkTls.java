package org.blockraft.cluster;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.TlsCredentials;

/** TLS 1.3 with certificates on both sides, each checked by the other. */
final class LinkTls {
  private static final String PROTOCOL = "TLSv1.3";

  private LinkTls() {}

  static SslContext server(TlsCredentials own, AdmittedTrust trust) {
    return build(
        SslContextBuilder.forServer(own.key(), own.chain().toArray(X509Certificate[]::new))
            .clientAuth(ClientAuth.REQUIRE)
            .trustManager(trust));
  }

  static SslContext client(TlsCredentials own, AdmittedTrust trust) {
    return build(
        SslContextBuilder.forClient()
            .keyManager(own.key(), own.chain().toArray(X509Certificate[]::new))
            .trustManager(trust));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return GrpcSslContexts.configure(builder).protocols(PROTOCOL).build();
    } catch (SSLException e) {
      throw new IdentityException("cannot set up TLS between nodes: " + e.getMessage());
    }
  }
}
