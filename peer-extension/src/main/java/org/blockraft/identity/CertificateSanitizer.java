package org.blockraft.identity;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Gives certificates that are signed by ECDSA a signature with low S and canonical encoding, so
 * that one certificate has one byte form. To do so it needs the issuer, hence such a certificate
 * must have its one chain already here.
 *
 * <p>Fabric: msp/cert.go, msp/mspimpl.go sanitizeCert.
 */
final class CertificateSanitizer {
  private final CertificateParser parser;

  CertificateSanitizer(CertificateParser parser) {
    this.parser = parser;
  }

  /**
   * The certificate with low S.
   *
   * @throws IdentityException if it has not exactly one chain
   */
  Certificate sanitize(Certificate certificate, ChainBuilder chains) {
    if (!certificate.algorithm().isEcdsa()) {
      return certificate;
    }
    if (certificate.isCa() && certificate.signatureRefusal(certificate) == null) {
      Certificate root = withLowS(certificate, certificate.key());
      chains.withRoot(root).uniqueChain(root);
      return root;
    }
    List<Certificate> chain = chains.uniqueChain(certificate);
    if (chain.size() <= 1) {
      throw new IdentityException(
          "failed to traverse certificate verification chain for leaf or intermediate certificate,"
              + " with subject "
              + certificate.names().commonName());
    }
    return withLowS(certificate, chain.get(1).key());
  }

  private Certificate withLowS(Certificate certificate, VerificationKey issuerKey) {
    byte[] signature =
        EcdsaSignature.parse(certificate.signature()).toLowS(issuerKey.curve()).toDer();
    if (Arrays.equals(signature, certificate.signature())) {
      return certificate;
    }
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    contents.writeBytes(certificate.tbs());
    contents.writeBytes(certificate.algorithmElement());
    byte[] bits = new byte[signature.length + 1];
    System.arraycopy(signature, 0, bits, 1, signature.length);
    EcdsaSignature.writeElement(contents, DerReader.BIT_STRING, bits);
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    EcdsaSignature.writeElement(der, DerReader.SEQUENCE, contents.toByteArray());
    return parser.parse(der.toByteArray());
  }
}
