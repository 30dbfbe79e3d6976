package org.blockraft.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** Reads the public key of a certificate and checks it: a point must be on its curve. */
final class PublicKeyParser {
  private static final String RSA = "1.2.840.113549.1.1.1";
  private static final String DSA = "1.2.840.10040.4.1";
  private static final String EC = "1.2.840.10045.2.1";
  private static final String ED25519 = "1.3.101.112";
  private static final byte[] NULL = {5, 0};
  private static final int ED25519_KEY_BYTES = 32;

  /** The exponent must fit a signed machine word. */
  private static final int EXPONENT_BITS_MAX = 63;

  private final EcProviders providers;

  PublicKeyParser(EcProviders providers) {
    this.providers = providers;
  }

  VerificationKey read(byte[] keyInfo) {
    DerReader info = new DerReader(keyInfo).read(DerReader.SEQUENCE, "x509: malformed spki");
    AlgorithmIdentifier algorithm =
        AlgorithmIdentifier.read(
            info.read(DerReader.SEQUENCE, "x509: malformed public key algorithm identifier"));
    byte[] data = info.readRightAlignedBits("x509: malformed subjectPublicKey");
    return switch (algorithm.oid()) {
      case EC -> ec(algorithm, data, keyInfo);
      case RSA -> rsa(algorithm, data);
      case ED25519 -> ed25519(algorithm, data, keyInfo);
      case DSA -> dsa(algorithm, data);
      default -> VerificationKey.unusable(VerificationKey.Kind.UNKNOWN);
    };
  }

  private VerificationKey ec(AlgorithmIdentifier algorithm, byte[] data, byte[] keyInfo) {
    String curveOid =
        new DerReader(algorithm.parameters()).readOid("x509: invalid ECDSA parameters");
    EcCurve curve = EcCurve.of(curveOid);
    if (curve == null) {
      throw new IdentityException("x509: unsupported elliptic curve");
    }
    curve.requirePoint(data);
    return providers.publicKey(curve, data, keyInfo);
  }

  private static VerificationKey rsa(AlgorithmIdentifier algorithm, byte[] data) {
    if (!Arrays.equals(algorithm.parameters(), NULL)) {
      throw new IdentityException("x509: RSA key missing NULL parameters");
    }
    DerReader key = new DerReader(data).read(DerReader.SEQUENCE, "x509: invalid RSA public key");
    BigInteger modulus = key.readInteger("x509: invalid RSA modulus");
    BigInteger exponent = key.readInteger("x509: invalid RSA public exponent");
    if (exponent.bitLength() > EXPONENT_BITS_MAX) {
      throw new IdentityException("x509: invalid RSA public exponent");
    }
    if (modulus.signum() <= 0) {
      throw new IdentityException("x509: RSA modulus is not a positive number");
    }
    if (exponent.signum() <= 0) {
      throw new IdentityException("x509: RSA public exponent is not a positive number");
    }
    try {
      return VerificationKey.rsa(
          KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)));
    } catch (GeneralSecurityException e) {
      return VerificationKey.unusable(VerificationKey.Kind.UNKNOWN);
    }
  }

  private static VerificationKey ed25519(
      AlgorithmIdentifier algorithm, byte[] data, byte[] keyInfo) {
    if (algorithm.parameters().length != 0) {
      throw new IdentityException("x509: Ed25519 key encoded with illegal parameters");
    }
    if (data.length != ED25519_KEY_BYTES) {
      throw new IdentityException("x509: wrong Ed25519 public key size");
    }
    try {
      return VerificationKey.ed25519(
          data, KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(keyInfo)));
    } catch (GeneralSecurityException e) {
      return VerificationKey.unusable(VerificationKey.Kind.ED25519);
    }
  }

  private static VerificationKey dsa(AlgorithmIdentifier algorithm, byte[] data) {
    BigInteger y = new DerReader(data).readInteger("x509: invalid DSA public key");
    DerReader parameters =
        new DerReader(algorithm.parameters())
            .read(DerReader.SEQUENCE, "x509: invalid DSA parameters");
    boolean positive = y.signum() > 0;
    for (int i = 0; i < 3; i++) {
      positive &= parameters.readInteger("x509: invalid DSA parameters").signum() > 0;
    }
    if (!positive) {
      throw new IdentityException("x509: zero or negative DSA parameter");
    }
    return VerificationKey.unusable(VerificationKey.Kind.DSA);
  }
}
