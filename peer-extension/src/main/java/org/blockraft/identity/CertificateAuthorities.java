package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The certificate authorities of one MSP: roots, intermediates, and the tree they form. Immutable.
 *
 * <p>Fabric: msp/mspimplsetup.go setupCAs, finalizeSetupCAs, getCertifiersIdentifier.
 */
final class CertificateAuthorities {
  private final CertificateParser parser;
  private final CertificateSanitizer sanitizer;
  private final String certifiersDigest;
  private final List<Certificate> roots;
  private final List<Certificate> intermediates;
  private final ChainBuilder chains;
  private final Set<ByteString> innerNodes = new HashSet<>();

  /**
   * Reads and sanitizes the authorities and checks that each is one.
   *
   * @param certifiersDigest the JDK name of the digest behind certifiers ids
   * @throws IdentityException with Fabric's text
   */
  CertificateAuthorities(
      CertificateParser parser,
      MspVersion version,
      List<ByteString> rootPems,
      List<ByteString> intermediatePems,
      String certifiersDigest,
      List<RevocationList> revocations) {
    if (rootPems.isEmpty()) {
      throw new IdentityException("expected at least one CA certificate");
    }
    this.parser = parser;
    this.sanitizer = new CertificateSanitizer(parser);
    this.certifiersDigest = certifiersDigest;
    List<Certificate> rawRoots = parseAll(rootPems);
    List<Certificate> rawIntermediates = parseAll(intermediatePems);
    ChainBuilder rawChains =
        new ChainBuilder(new CertificatePool(rawRoots), new CertificatePool(rawIntermediates));
    rawRoots.forEach(c -> X509Msp.requireKnownKey(c, version));
    rawIntermediates.forEach(c -> X509Msp.requireKnownKey(c, version));
    this.roots = rawRoots.stream().map(c -> sanitizer.sanitize(c, rawChains)).toList();
    this.intermediates =
        rawIntermediates.stream().map(c -> sanitizer.sanitize(c, rawChains)).toList();
    this.chains = new ChainBuilder(new CertificatePool(roots), new CertificatePool(intermediates));
    for (Certificate authority : roots) {
      check(authority, chains, revocations);
    }
    for (Certificate authority : intermediates) {
      check(authority, chains, revocations);
    }
    for (Certificate intermediate : intermediates) {
      List<Certificate> chain = chain(intermediate);
      for (Certificate above : chain.subList(1, chain.size())) {
        innerNodes.add(ByteString.copyFrom(above.der()));
      }
    }
  }

  private List<Certificate> parseAll(List<ByteString> pems) {
    List<Certificate> certificates = new ArrayList<>();
    for (ByteString pem : pems) {
      certificates.add(parsePem(pem.toByteArray()));
    }
    return certificates;
  }

  /** Reads a certificate of a configuration. */
  Certificate parsePem(byte[] bytes) {
    Pem pem = Pem.decode(bytes);
    if (pem == null) {
      throw new IdentityException(
          "getCertFromPem error: could not decode pem bytes [" + GoText.bytes(bytes) + "]");
    }
    try {
      return parser.parse(pem.bytes());
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "getCertFromPem error: failed to parse x509 cert");
    }
  }

  /** Requires an authority certificate with a key identifier, one chain, and no revocation. */
  static void check(Certificate authority, ChainBuilder chains, List<RevocationList> revocations) {
    String hexSerial = "(SN: %x)".formatted(authority.serial());
    if (!authority.isCa()) {
      throw new IdentityException("CA Certificate did not have the CA attribute, " + hexSerial);
    }
    try {
      subjectKeyId(authority);
    } catch (IdentityException e) {
      throw IdentityException.wrap(
          e, "CA Certificate problem with Subject Key Identifier extension, " + hexSerial);
    }
    try {
      List<Certificate> chain;
      try {
        chain = chains.uniqueChain(authority);
      } catch (IdentityException e) {
        throw IdentityException.wrap(e, "could not obtain certification chain");
      }
      if (chain.size() > 1) {
        checkRevocation(authority, chain, revocations);
      }
    } catch (IdentityException e) {
      throw IdentityException.wrap(
          e, "CA Certificate is not valid, (SN: " + authority.serial() + ")");
    }
  }

  /** Refuses a certificate that a list signed by its direct issuer names. */
  static void checkRevocation(
      Certificate certificate, List<Certificate> chain, List<RevocationList> revocations) {
    Certificate issuer = chain.get(1);
    byte[] issuerKeyId;
    try {
      issuerKeyId = subjectKeyId(issuer);
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "could not obtain Subject Key Identifier for signer cert");
    }
    for (RevocationList list : revocations) {
      byte[] authorityKeyId;
      try {
        authorityKeyId = list.authorityKeyId();
      } catch (IdentityException e) {
        throw IdentityException.wrap(e, "could not obtain Authority Key Identifier for crl");
      }
      if (Arrays.equals(authorityKeyId, issuerKeyId)
          && list.revokes(certificate.serial(), issuer)) {
        throw new IdentityException("The certificate has been revoked");
      }
    }
  }

  private static byte[] subjectKeyId(Certificate certificate) {
    byte[] value = certificate.extensions().value(CertificateExtensions.SUBJECT_KEY_ID);
    if (value == null) {
      throw new IdentityException("subjectKeyIdentifier not found in certificate");
    }
    return certificate.extensions().subjectKeyId();
  }

  Certificate sanitize(Certificate certificate) {
    return sanitizer.sanitize(certificate, chains);
  }

  /** The one chain of a certificate, leaf first. */
  private List<Certificate> chain(Certificate certificate) {
    try {
      return chains.uniqueChain(certificate);
    } catch (IdentityException e) {
      throw IdentityException.wrap(
          e, "failed getting validation chain, (SN: " + certificate.serial() + ")");
    }
  }

  /**
   * The chain of a member, or of an intermediate authority: at least two certificates, and the one
   * that issues members has no authority below it.
   */
  List<Certificate> validationChain(Certificate certificate, boolean intermediate) {
    List<Certificate> chain;
    try {
      chain = chains.uniqueChain(certificate);
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "failed getting validation chain");
    }
    if (chain.size() < 2) {
      throw new IdentityException("expected a chain of length at least 2, got " + chain.size());
    }
    Certificate issuer = chain.get(intermediate ? 0 : 1);
    if (innerNodes.contains(ByteString.copyFrom(issuer.der()))) {
      throw new IdentityException(
          "invalid validation chain. Parent certificate should be a leaf of the certification tree"
              + " ["
              + GoText.bytes(certificate.der())
              + "]");
    }
    return chain;
  }

  /** The id of a list of authorities, issuer first. */
  byte[] certifiersId(List<Certificate> authorities) {
    MessageDigest digest = HashFamily.newDigest(certifiersDigest);
    for (Certificate authority : authorities) {
      digest.update(authority.der());
    }
    return digest.digest();
  }

  /** The id of the authorities from a configured one upward. */
  byte[] certifiersIdOf(ByteString pem) {
    byte[] bytes = pem.toByteArray();
    Certificate authority;
    try {
      authority = parsePem(bytes);
    } catch (IdentityException e) {
      throw new IdentityException(
          "Failed getting certificate for [" + GoText.bytes(bytes) + "]: [" + e.getMessage() + "]");
    }
    try {
      authority = sanitize(authority);
    } catch (IdentityException e) {
      throw new IdentityException("sanitizeCert failed " + e.getMessage());
    }
    if (contains(roots, authority)) {
      return certifiersId(List.of(authority));
    }
    String name = authority.names().commonName();
    if (!contains(intermediates, authority)) {
      throw new IdentityException(
          "Failed adding OU. Certificate [" + name + "] not in root or intermediate certs.");
    }
    try {
      return certifiersId(validationChain(authority, true));
    } catch (IdentityException e) {
      throw new IdentityException(
          "Failed computing validation chain for [" + name + "]. [" + e.getMessage() + "]");
    }
  }

  private static boolean contains(List<Certificate> list, Certificate certificate) {
    return list.stream().anyMatch(c -> Arrays.equals(c.der(), certificate.der()));
  }
}
