package org.blockraft.identity;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads certificates, accepting and refusing exactly what Fabric's reader does. The JDK's own
 * certificate factory differs in both directions, and a certificate that one peer reads and another
 * does not would split them.
 */
final class CertificateParser {
  private final EcProviders providers;

  CertificateParser(EcProviders providers) {
    this.providers = providers;
  }

  /**
   * Reads one certificate.
   *
   * @throws IdentityException with the text of Fabric's reader, which begins with "x509: "
   */
  Certificate parse(byte[] der) {
    DerReader input = new DerReader(der);
    byte[] raw = input.readElement(DerReader.SEQUENCE, "x509: malformed certificate").rest();
    if (raw.length != der.length) {
      // The parts are read first, since their refusals come before this one.
      read(raw);
      throw new IdentityException("x509: trailing data");
    }
    return read(raw);
  }

  private Certificate read(byte[] raw) {
    DerReader outer = new DerReader(raw).read(DerReader.SEQUENCE, "x509: malformed certificate");
    byte[] tbsRaw = outer.readElement(DerReader.SEQUENCE, "x509: malformed tbs certificate").rest();
    DerReader tbs =
        new DerReader(tbsRaw).read(DerReader.SEQUENCE, "x509: malformed tbs certificate");
    int version = readVersion(tbs);
    BigInteger serial = tbs.readInteger("x509: malformed serial number");
    if (serial.signum() < 0) {
      throw new IdentityException("x509: negative serial number");
    }
    byte[] inner =
        tbs.read(DerReader.SEQUENCE, "x509: malformed signature algorithm identifier").rest();
    byte[] algorithmElement =
        outer.readElement(DerReader.SEQUENCE, "x509: malformed algorithm identifier").rest();
    byte[] outerAlgorithm = new DerReader(algorithmElement).read(DerReader.SEQUENCE, "").rest();
    if (!Arrays.equals(inner, outerAlgorithm)) {
      throw new IdentityException(
          "x509: inner and outer signature algorithm identifiers don't match");
    }
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.read(new DerReader(inner));
    byte[] issuer = tbs.readElement(DerReader.SEQUENCE, "x509: malformed issuer").rest();
    DistinguishedName.read(issuer);
    DerReader validity = tbs.read(DerReader.SEQUENCE, "x509: malformed validity");
    Instant notBefore = CertificateTime.read(validity);
    Instant notAfter = CertificateTime.read(validity);
    byte[] subject = tbs.readElement(DerReader.SEQUENCE, "x509: malformed issuer").rest();
    Certificate.SubjectNames names = DistinguishedName.read(subject);
    byte[] keyInfo = tbs.readElement(DerReader.SEQUENCE, "x509: malformed spki").rest();
    VerificationKey key = new PublicKeyParser(providers).read(keyInfo);
    CertificateExtensions extensions = readExtensions(tbs, version);
    byte[] signature = outer.readRightAlignedBits("x509: malformed signature");
    return new Certificate(
        raw,
        tbsRaw,
        version,
        serial,
        SignatureAlgorithm.of(algorithm.oid(), algorithm.parameters().length != 0),
        algorithmElement,
        issuer,
        notBefore,
        notAfter,
        subject,
        names,
        keyInfo,
        key,
        extensions,
        signature);
  }

  private static int readVersion(DerReader tbs) {
    DerReader explicit =
        tbs.readOptional(DerReader.contextConstructed(0), "x509: malformed version");
    if (explicit == null) {
      return 1;
    }
    BigInteger version = explicit.readInteger("x509: malformed version");
    if (!explicit.isEmpty() || version.signum() < 0 || version.bitLength() > 62) {
      throw new IdentityException("x509: malformed version");
    }
    if (version.compareTo(BigInteger.TWO) > 0) {
      throw new IdentityException("x509: invalid version");
    }
    return version.intValue() + 1;
  }

  private static CertificateExtensions readExtensions(DerReader tbs, int version) {
    List<CertificateExtensions.Extension> extensions = new ArrayList<>();
    if (version > 1) {
      tbs.readOptional(DerReader.context(1), "x509: malformed issuerUniqueID");
      tbs.readOptional(DerReader.context(2), "x509: malformed subjectUniqueID");
    }
    if (version == 3) {
      DerReader explicit =
          tbs.readOptional(DerReader.contextConstructed(3), "x509: malformed extensions");
      if (explicit != null) {
        DerReader list = explicit.read(DerReader.SEQUENCE, "x509: malformed extensions");
        while (!list.isEmpty()) {
          CertificateExtensions.Extension next =
              CertificateExtensions.Extension.read(
                  list.read(DerReader.SEQUENCE, "x509: malformed extension"));
          if (extensions.stream().anyMatch(e -> e.oid().equals(next.oid()))) {
            throw new IdentityException(
                "x509: certificate contains duplicate extension with OID \"" + next.oid() + "\"");
          }
          extensions.add(next);
        }
      }
    }
    return CertificateExtensions.of(extensions);
  }
}
