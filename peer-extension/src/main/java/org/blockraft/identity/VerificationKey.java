package org.blockraft.identity;

import java.security.Provider;
import java.security.PublicKey;

/**
 * A public key ready for verification: checked, and translated once for the provider behind {@link
 * Signatures}. Immutable and safe for use by many threads.
 */
public final class VerificationKey {

  /** The kinds of keys a certificate may carry, with Fabric's names. */
  enum Kind {
    ECDSA("ECDSA"),
    RSA("RSA"),
    ED25519("Ed25519"),
    DSA("DSA"),
    UNKNOWN("0");

    final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  private final Kind kind;
  private final EcCurve curve;
  private final byte[] encodedPoint;
  private final PublicKey key;
  private final Provider provider;
  private final HashFamily hashFamily;

  private VerificationKey(
      Kind kind,
      EcCurve curve,
      byte[] encodedPoint,
      PublicKey key,
      Provider provider,
      HashFamily hashFamily) {
    this.kind = kind;
    this.curve = curve;
    this.encodedPoint = encodedPoint;
    this.key = key;
    this.provider = provider;
    this.hashFamily = hashFamily;
  }

  static VerificationKey ecdsa(EcCurve curve, byte[] point, PublicKey key, Provider provider) {
    return new VerificationKey(Kind.ECDSA, curve, point, key, provider, HashFamily.SHA2);
  }

  static VerificationKey ed25519(byte[] point, PublicKey key) {
    return new VerificationKey(Kind.ED25519, null, point, key, null, HashFamily.SHA2);
  }

  static VerificationKey rsa(PublicKey key) {
    return new VerificationKey(Kind.RSA, null, new byte[0], key, null, HashFamily.SHA2);
  }

  /** A key whose signatures this node cannot check. */
  static VerificationKey unusable(Kind kind) {
    return new VerificationKey(kind, null, new byte[0], null, null, HashFamily.SHA2);
  }

  /** The same key for an MSP that hashes messages by another family. */
  VerificationKey withHashFamily(HashFamily family) {
    return family == hashFamily
        ? this
        : new VerificationKey(kind, curve, encodedPoint, key, provider, family);
  }

  Kind kind() {
    return kind;
  }

  /** The curve of an ECDSA key, else null. */
  EcCurve curve() {
    return curve;
  }

  /** The key in the form of the provider, or null if it is of no use. */
  PublicKey key() {
    return key;
  }

  /** The provider that an ECDSA key was translated for. */
  Provider provider() {
    return provider;
  }

  HashFamily hashFamily() {
    return hashFamily;
  }

  /** SHA-256 of the uncompressed point, by which key files are found. */
  byte[] subjectKeyIdentifier() {
    return HashFamily.SHA2.digest(encodedPoint);
  }
}
