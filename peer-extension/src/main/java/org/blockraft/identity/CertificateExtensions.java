package org.blockraft.identity;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What the extensions of a certificate say. Arrays are not to be changed.
 *
 * @param all the extensions as they came
 * @param keyUsage bit i set: usage i is allowed; 0 if there is no such extension
 * @param maxPathLength the most intermediates below, or -1
 * @param subjectKeyId empty if there is none
 * @param authorityKeyId empty if there is none
 * @param extendedKeyUsages object identifiers; empty if there is no such extension
 * @param unhandledCritical whether a critical extension is not understood
 * @param requiresExplicitPolicy whether the certificate restricts certificate policies below it
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package only, never changed
record CertificateExtensions(
    List<Extension> all,
    int keyUsage,
    boolean basicConstraintsPresent,
    boolean isCa,
    int maxPathLength,
    byte[] subjectKeyId,
    byte[] authorityKeyId,
    List<String> extendedKeyUsages,
    AlternativeNames alternativeNames,
    NameConstraints nameConstraints,
    boolean requiresExplicitPolicy,
    boolean unhandledCritical) {

  /** The bit of {@link #keyUsage} for signing certificates. */
  static final int CERT_SIGN = 1 << 5;

  static final String SUBJECT_KEY_ID = "2.5.29.14";
  static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  static final String NAME_CONSTRAINTS = "2.5.29.30";
  static final String AUTHORITY_KEY_ID = "2.5.29.35";
  private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";

  /** One extension, not looked into. */
  record Extension(String oid, boolean critical, byte[] value) {

    static Extension read(DerReader contents) {
      String oid = contents.readOid("x509: malformed extension OID field");
      boolean critical =
          contents.peek(DerReader.BOOLEAN)
              && contents.readBoolean("x509: malformed extension critical field");
      byte[] value =
          contents.read(DerReader.OCTET_STRING, "x509: malformed extension value field").rest();
      return new Extension(oid, critical, value);
    }
  }

  /**
   * Reads the known extensions.
   *
   * @throws IdentityException if one is malformed
   */
  static CertificateExtensions of(List<Extension> extensions) {
    Reading reading = new Reading();
    for (Extension extension : extensions) {
      boolean handled = reading.read(extension);
      reading.unhandledCritical |= extension.critical() && !handled;
    }
    return reading.result(List.copyOf(extensions));
  }

  /** The value of an extension, or null. */
  byte[] value(String oid) {
    for (Extension extension : all) {
      if (extension.oid().equals(oid)) {
        return extension.value();
      }
    }
    return null;
  }

  /** The fields while the extensions are read one after the other. */
  private static final class Reading {
    private int keyUsage;
    private boolean basicConstraintsPresent;
    private boolean isCa;
    private int maxPathLength = -1;
    private byte[] subjectKeyId = {};
    private byte[] authorityKeyId = {};
    private List<String> extendedKeyUsages = List.of();
    private AlternativeNames names = AlternativeNames.NONE;
    private NameConstraints constraints = NameConstraints.NONE;
    private boolean requiresExplicitPolicy;
    private boolean unhandledCritical;

    CertificateExtensions result(List<Extension> all) {
      return new CertificateExtensions(
          all,
          keyUsage,
          basicConstraintsPresent,
          isCa,
          maxPathLength,
          subjectKeyId,
          authorityKeyId,
          extendedKeyUsages,
          names,
          constraints,
          requiresExplicitPolicy,
          unhandledCritical);
    }

    /** Whether the extension is understood in full. */
    boolean read(Extension extension) {
      DerReader value = new DerReader(extension.value());
      switch (extension.oid()) {
        case SUBJECT_KEY_ID -> {
          requireNotCritical(extension, "subject key identifier");
          subjectKeyId =
              value.read(DerReader.OCTET_STRING, "x509: invalid subject key identifier").rest();
        }
        case "2.5.29.15" -> keyUsage = keyUsage(value);
        case SUBJECT_ALTERNATIVE_NAME -> {
          names = AlternativeNames.read(value);
          return !names.isEmpty();
        }
        case "2.5.29.19" -> basicConstraints(value);
        case NAME_CONSTRAINTS -> {
          constraints = NameConstraints.read(value);
          return !constraints.unhandled();
        }
        case "2.5.29.31" -> distributionPoints(value);
        case "2.5.29.32" -> certificatePolicies(value);
        case "2.5.29.33" -> policyMappings(value);
        case AUTHORITY_KEY_ID -> authorityKeyId(extension, value);
        case "2.5.29.36" -> policyConstraints(value);
        case "2.5.29.37" -> extendedKeyUsages = extendedKeyUsages(value);
        case "2.5.29.54" -> value.readInteger("x509: invalid inhibit any policy extension");
        case AUTHORITY_INFO_ACCESS -> {
          requireNotCritical(extension, "authority info access");
          authorityInfoAccess(value);
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private static void requireNotCritical(Extension extension, String name) {
      if (extension.critical()) {
        throw new IdentityException("x509: " + name + " incorrectly marked critical");
      }
    }

    private static int keyUsage(DerReader value) {
      byte[] bits = value.readBitString("x509: invalid key usage");
      int usage = 0;
      int length = (bits.length - 1) * 8 - bits[0];
      for (int i = 0; i < Math.min(9, length); i++) {
        usage |= (bits[1 + i / 8] >> (7 - i % 8) & 1) << i;
      }
      return usage;
    }

    private void basicConstraints(DerReader value) {
      String refusal = "x509: invalid basic constraints";
      DerReader contents = value.read(DerReader.SEQUENCE, refusal);
      isCa = contents.peek(DerReader.BOOLEAN) && contents.readBoolean(refusal);
      maxPathLength = -1;
      if (contents.peek(DerReader.INTEGER)) {
        BigInteger length = contents.readInteger(refusal);
        if (length.signum() < 0 || length.bitLength() > 63) {
          throw new IdentityException(refusal);
        }
        // No chain is this long, so larger limits are no limits.
        maxPathLength = length.bitLength() > 30 ? Integer.MAX_VALUE : length.intValue();
      }
      basicConstraintsPresent = true;
    }

    private void authorityKeyId(Extension extension, DerReader value) {
      String refusal = "x509: invalid authority key identifier";
      requireNotCritical(extension, "authority key identifier");
      DerReader id =
          value.read(DerReader.SEQUENCE, refusal).readOptional(DerReader.context(0), refusal);
      authorityKeyId = id == null ? new byte[0] : id.rest();
    }

    private static List<String> extendedKeyUsages(DerReader value) {
      String refusal = "x509: invalid extended key usages";
      DerReader contents = value.read(DerReader.SEQUENCE, refusal);
      List<String> usages = new ArrayList<>();
      while (!contents.isEmpty()) {
        usages.add(contents.readOid(refusal));
      }
      return List.copyOf(usages);
    }

    private static void distributionPoints(DerReader value) {
      DerReader points = value.read(DerReader.SEQUENCE, "x509: invalid CRL distribution points");
      String refusal = "x509: invalid CRL distribution point";
      while (!points.isEmpty()) {
        DerReader point = points.read(DerReader.SEQUENCE, refusal);
        DerReader name = point.readOptional(DerReader.contextConstructed(0), refusal);
        if (name != null) {
          DerReader full = name.read(DerReader.contextConstructed(0), refusal);
          while (full.peek(DerReader.context(6))) {
            full.read(DerReader.context(6), refusal);
          }
        }
      }
    }

    private static void certificatePolicies(DerReader value) {
      String refusal = "x509: invalid certificate policies";
      DerReader policies = value.read(DerReader.SEQUENCE, refusal);
      List<String> seen = new ArrayList<>();
      while (!policies.isEmpty()) {
        String oid = policies.read(DerReader.SEQUENCE, refusal).readOid(refusal);
        if (seen.contains(oid)) {
          throw new IdentityException(refusal);
        }
        seen.add(oid);
      }
    }

    private static void policyMappings(DerReader value) {
      String refusal = "x509: invalid policy mappings extension";
      DerReader mappings = value.read(DerReader.SEQUENCE, refusal);
      while (!mappings.isEmpty()) {
        DerReader pair = mappings.read(DerReader.SEQUENCE, refusal);
        pair.read(DerReader.OBJECT_IDENTIFIER, refusal);
        pair.read(DerReader.OBJECT_IDENTIFIER, refusal);
      }
    }

    private void policyConstraints(DerReader value) {
      String refusal = "x509: invalid policy constraints extension";
      DerReader contents = value.read(DerReader.SEQUENCE, refusal);
      for (int number = 0; number < 2; number++) {
        if (contents.peek(DerReader.context(number))) {
          contents.readInteger(DerReader.context(number), refusal);
          requiresExplicitPolicy |= number == 0;
        }
      }
    }

    private static void authorityInfoAccess(DerReader value) {
      String refusal = "x509: invalid authority info access";
      DerReader accesses = value.read(DerReader.SEQUENCE, refusal);
      while (!accesses.isEmpty()) {
        DerReader access = accesses.read(DerReader.SEQUENCE, refusal);
        access.readOid(refusal);
        access.readOptional(DerReader.context(6), refusal);
      }
    }
  }
}
