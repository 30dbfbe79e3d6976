package org.blockraft.identity;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/**
 * An X.509 certificate as Fabric sees it. Arrays are not to be changed.
 *
 * @param der the whole certificate
 * @param tbs the signed part, with its tag and length
 * @param version 1, 2 or 3
 * @param algorithmElement the signature algorithm with its tag and length
 * @param issuer the issuer name as encoded
 * @param subject the subject name as encoded
 * @param names what the subject says
 * @param keyInfo the subject public key info as encoded
 * @param signature the signature bits, right aligned
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package only, never changed
record Certificate(
    byte[] der,
    byte[] tbs,
    int version,
    BigInteger serial,
    SignatureAlgorithm algorithm,
    byte[] algorithmElement,
    byte[] issuer,
    Instant notBefore,
    Instant notAfter,
    byte[] subject,
    SubjectNames names,
    byte[] keyInfo,
    VerificationKey key,
    CertificateExtensions extensions,
    byte[] signature) {

  /**
   * The parts of a subject that matter.
   *
   * @param commonName the last common name, or empty
   */
  record SubjectNames(String commonName, List<String> organizations, List<String> units) {}

  boolean isCa() {
    return extensions.isCa();
  }

  /** Why the signature of this certificate is not one of the parent, or null if it is. */
  String signatureRefusal(Certificate parent) {
    CertificateExtensions rights = parent.extensions;
    boolean mayNotSign =
        (parent.version == 3 && !rights.basicConstraintsPresent())
            || (rights.basicConstraintsPresent() && !rights.isCa())
            || (rights.keyUsage() != 0
                && (rights.keyUsage() & CertificateExtensions.CERT_SIGN) == 0);
    if (mayNotSign) {
      return "x509: invalid signature: parent certificate cannot sign this kind of certificate";
    }
    return algorithm.refusal(parent.key, tbs, signature, false);
  }
}
