package org.blockraft.cluster;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslCertificateException;
import io.grpc.netty.shaded.io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import org.blockraft.identity.TlsPeerCheck;

/** Ends the TLS handshake with whoever is not a node of this cluster, on both sides of a link. */
final class AdmittedTrust extends TlsPeerCheck {
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
  protected void checkClient(X509Certificate[] chain) throws CertificateException {
    check(chain);
  }

  @Override
  protected void checkServer(X509Certificate[] chain) throws CertificateException {
    check(chain);
  }
}
