package org.blockraft.cluster;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslCertificateException;
import io.grpc.netty.shaded.io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Ends the TLS handshake with whoever is not a node of this cluster, on both sides of a link. */
final class AdmittedTrust extends X509ExtendedTrustManager {
  private final AdmittedNodes admitted;
  private final Consumer<String> refused;

  /**
   * @param refused told whom and why
   */
  AdmittedTrust(AdmittedNodes admitted, Consumer<String> refused) {
    this.admitted = admitted;
    this.refused = refused;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    X509Certificate leaf = chain[0];
    if (!admitted.admits(leaf)) {
      String reason =
          "certificate of %s, serial number %x, is not admitted: neither our own key nor listed"
              .formatted(leaf.getSubjectX500Principal(), leaf.getSerialNumber());
      refused.accept(reason);
      throw refusal(reason);
    }
  }

  /** The native TLS tells the other side of an internal error unless it is told better. */
  private static CertificateException refusal(String reason) {
    return OpenSsl.isAvailable()
        ? new OpenSslCertificateException(reason, CertificateVerifier.X509_V_ERR_CERT_REJECTED)
        : new CertificateException(reason);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
