package org.blockraft.identity;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A certificate revocation list. Its dates do not matter; its signature is checked when it would
 * make a difference.
 *
 * <p>Fabric: msp/mspimplsetup.go setupCRLs, msp/mspimplvalidate.go.
 */
final class RevocationList {
  private static final String MALFORMED = "asn1: structure error: malformed revocation list";

  private final byte[] tbs;
  private final SignatureAlgorithm algorithm;
  private final byte[] signature;
  private final Set<BigInteger> serials;
  private final List<CertificateExtensions.Extension> extensions;

  private RevocationList(
      byte[] tbs,
      SignatureAlgorithm algorithm,
      byte[] signature,
      Set<BigInteger> serials,
      List<CertificateExtensions.Extension> extensions) {
    this.tbs = tbs;
    this.algorithm = algorithm;
    this.signature = signature;
    this.serials = serials;
    this.extensions = extensions;
  }

  /**
   * Reads a list in PEM or DER form.
   *
   * @throws IdentityException with Fabric's text
   */
  static RevocationList parse(byte[] bytes) {
    byte[] der = bytes;
    Pem pem = Pem.decode(bytes);
    if (pem != null && pem.type().equals("X509 CRL")) {
      der = pem.bytes();
    }
    RevocationList list;
    try {
      list = read(new DerReader(der));
    } catch (IdentityException e) {
      throw new IdentityException("could not parse RevocationList: " + e.getMessage());
    }
    if (list.algorithm.isEcdsa()) {
      // Only a canonical encoding passes the strict check of the signature later on.
      return new RevocationList(
          list.tbs,
          list.algorithm,
          EcdsaSignature.parse(list.signature).toDer(),
          list.serials,
          list.extensions);
    }
    return list;
  }

  private static RevocationList read(DerReader input) {
    DerReader outer = input.read(DerReader.SEQUENCE, MALFORMED);
    if (!input.isEmpty()) {
      throw new IdentityException("x509: trailing data after CRL");
    }
    byte[] tbsRaw = outer.readElement(DerReader.SEQUENCE, MALFORMED).rest();
    AlgorithmIdentifier algorithm =
        AlgorithmIdentifier.read(outer.read(DerReader.SEQUENCE, MALFORMED));
    byte[] signature = outer.readRightAlignedBits(MALFORMED);
    DerReader tbs = new DerReader(tbsRaw).read(DerReader.SEQUENCE, MALFORMED);
    if (tbs.peek(DerReader.INTEGER)) {
      tbs.readInteger(MALFORMED);
    }
    tbs.read(DerReader.SEQUENCE, MALFORMED);
    tbs.read(DerReader.SEQUENCE, MALFORMED);
    CertificateTime.read(tbs);
    if (tbs.peek(DerReader.UTC_TIME) || tbs.peek(DerReader.GENERALIZED_TIME)) {
      CertificateTime.read(tbs);
    }
    Set<BigInteger> serials = new HashSet<>();
    DerReader revoked = tbs.readOptional(DerReader.SEQUENCE, MALFORMED);
    while (revoked != null && !revoked.isEmpty()) {
      DerReader entry = revoked.read(DerReader.SEQUENCE, MALFORMED);
      serials.add(entry.readInteger(MALFORMED));
      CertificateTime.read(entry);
    }
    List<CertificateExtensions.Extension> extensions = new ArrayList<>();
    DerReader explicit = tbs.readOptional(DerReader.contextConstructed(0), MALFORMED);
    if (explicit != null) {
      DerReader list = explicit.read(DerReader.SEQUENCE, MALFORMED);
      while (!list.isEmpty()) {
        extensions.add(
            CertificateExtensions.Extension.read(list.read(DerReader.SEQUENCE, MALFORMED)));
      }
    }
    return new RevocationList(
        tbsRaw,
        SignatureAlgorithm.of(algorithm.oid(), algorithm.parameters().length != 0),
        signature,
        serials,
        extensions);
  }

  /**
   * The key identifier of the authority that issued this list; empty if it is not given.
   *
   * @throws IdentityException if the list lacks the extension
   */
  byte[] authorityKeyId() {
    for (CertificateExtensions.Extension extension : extensions) {
      if (extension.oid().equals(CertificateExtensions.AUTHORITY_KEY_ID)) {
        String refusal = "failed to unmarshal AKI: asn1: structure error";
        DerReader id =
            new DerReader(extension.value())
                .read(DerReader.SEQUENCE, refusal)
                .readOptional(DerReader.context(0), refusal);
        return id == null ? new byte[0] : id.rest();
      }
    }
    throw new IdentityException("authorityKeyIdentifier not found in certificate");
  }

  /** Whether the list names the serial number and is signed by the authority. */
  boolean revokes(BigInteger serial, Certificate authority) {
    return serials.contains(serial)
        && algorithm.refusal(authority.key(), tbs, signature, true) == null;
  }
}
