package org.blockraft.identity;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslCertificateException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a server accepts a client's certificate: any at all, or one that chains to the roots in
 * force at that moment.
 */
final class TlsClientCheck extends TlsPeerCheck {
  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";

  /** X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: makes the alert that stock sends too. */
  private static final int ISSUER_UNKNOWN = 20;

  private final boolean required;
  private final TlsRoots roots;

  TlsClientCheck(boolean required, TlsRoots roots) {
    this.required = required;
    this.roots = roots;
  }

  @Override
  protected void checkClient(X509Certificate[] chain) throws CertificateException {
    if (!required) {
      return;
    }
    X509Certificate leaf = chain[0];
    leaf.checkValidity();
    List<X509Certificate> anchors = roots.current();
    if (!anchors.contains(leaf)) {
      checkPath(leaf, chain, anchors);
    }
    checkUsage(leaf);
  }

  private static void checkPath(
      X509Certificate leaf, X509Certificate[] chain, List<X509Certificate> anchors)
      throws CertificateException {
    try {
      Set<TrustAnchor> trusted =
          anchors.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(leaf);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, target);
      parameters.setRevocationEnabled(false);
      parameters.addCertStore(
          CertStore.getInstance(
              "Collection", new CollectionCertStoreParameters(Arrays.asList(chain))));
      PKIXCertPathBuilderResult path =
          (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
      path.getTrustAnchor().getTrustedCert().checkValidity();
    } catch (GeneralSecurityException e) {
      throw new OpenSslCertificateException(
          "client certificate is not trusted: " + e.getMessage(), e, ISSUER_UNKNOWN);
    }
  }

  private static void checkUsage(X509Certificate leaf) throws CertificateException {
    List<String> usages = leaf.getExtendedKeyUsage();
    if (usages != null && !usages.contains(CLIENT_AUTHENTICATION) && !usages.contains(ANY_USAGE)) {
      throw new CertificateException("certificate is not meant for client authentication");
    }
  }

  @Override
  protected void checkServer(X509Certificate[] chain) throws CertificateException {
    throw new CertificateException("this is a server");
  }
}
