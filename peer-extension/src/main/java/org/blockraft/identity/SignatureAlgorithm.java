package org.blockraft.identity;

import java.security.GeneralSecurityException;
import java.security.Signature;

/** How a certificate or a revocation list is signed. */
enum SignatureAlgorithm {
  UNKNOWN("", VerificationKey.Kind.UNKNOWN, null, "0"),
  MD5_RSA("1.2.840.113549.1.1.4", VerificationKey.Kind.RSA, "MD5", "MD5-RSA"),
  SHA1_RSA("1.2.840.113549.1.1.5", VerificationKey.Kind.RSA, "SHA-1", "SHA1-RSA"),
  SHA256_RSA("1.2.840.113549.1.1.11", VerificationKey.Kind.RSA, "SHA-256", "SHA256-RSA"),
  SHA384_RSA("1.2.840.113549.1.1.12", VerificationKey.Kind.RSA, "SHA-384", "SHA384-RSA"),
  SHA512_RSA("1.2.840.113549.1.1.13", VerificationKey.Kind.RSA, "SHA-512", "SHA512-RSA"),
  ECDSA_SHA1("1.2.840.10045.4.1", VerificationKey.Kind.ECDSA, "SHA-1", "ECDSA-SHA1"),
  ECDSA_SHA256("1.2.840.10045.4.3.2", VerificationKey.Kind.ECDSA, "SHA-256", "ECDSA-SHA256"),
  ECDSA_SHA384("1.2.840.10045.4.3.3", VerificationKey.Kind.ECDSA, "SHA-384", "ECDSA-SHA384"),
  ECDSA_SHA512("1.2.840.10045.4.3.4", VerificationKey.Kind.ECDSA, "SHA-512", "ECDSA-SHA512"),
  ED25519("1.3.101.112", VerificationKey.Kind.ED25519, null, "Ed25519");

  private static final String UNSUPPORTED =
      "x509: cannot verify signature: algorithm unimplemented";

  private final String oid;
  private final VerificationKey.Kind keyKind;
  private final String digest;
  private final String text;

  SignatureAlgorithm(String oid, VerificationKey.Kind keyKind, String digest, String text) {
    this.oid = oid;
    this.keyKind = keyKind;
    this.digest = digest;
    this.text = text;
  }

  /** The algorithm of an identifier; a known one with forbidden parameters is unknown. */
  static SignatureAlgorithm of(String oid, boolean parameters) {
    for (SignatureAlgorithm algorithm : values()) {
      if (algorithm.oid.equals(oid)) {
        return algorithm == ED25519 && parameters ? UNKNOWN : algorithm;
      }
    }
    return UNKNOWN;
  }

  boolean isEcdsa() {
    return keyKind == VerificationKey.Kind.ECDSA;
  }

  /** Why a signature over signed bytes does not hold, or null if it does. A high S is accepted. */
  String refusal(VerificationKey key, byte[] signed, byte[] signature, boolean sha1Allowed) {
    if (this == UNKNOWN || key.kind() == VerificationKey.Kind.UNKNOWN) {
      return UNSUPPORTED;
    }
    if (this == MD5_RSA || (digest != null && digest.equals("SHA-1") && !sha1Allowed)) {
      return "x509: cannot verify signature: insecure algorithm " + text;
    }
    return switch (key.kind()) {
      case RSA, ECDSA, ED25519 -> {
        if (key.kind() != keyKind) {
          yield ("x509: signature algorithm specifies an %s public key,"
                  + " but have public key of type %s")
              .formatted(keyKind.text, goType(key.kind()));
        }
        yield holds(key, signed, signature) ? null : failure();
      }
      default -> UNSUPPORTED;
    };
  }

  private String failure() {
    return switch (keyKind) {
      case ECDSA -> "x509: ECDSA verification failure";
      case ED25519 -> "x509: Ed25519 verification failure";
      default -> "crypto/rsa: verification error";
    };
  }

  private boolean holds(VerificationKey key, byte[] signed, byte[] signature) {
    if (keyKind == VerificationKey.Kind.ED25519) {
      return Signatures.ed25519Holds(key, signed, signature);
    }
    if (keyKind == VerificationKey.Kind.ECDSA) {
      return isStrict(signature)
          && key.key() != null
          && EcProviders.verify(key, HashFamily.newDigest(digest).digest(signed), signature);
    }
    try {
      Signature verifier = Signature.getInstance(digest.replace("-", "") + "withRSA");
      verifier.initVerify(key.key());
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** One sequence of two positive numbers and nothing else. */
  private static boolean isStrict(byte[] signature) {
    try {
      DerReader outer = new DerReader(signature);
      DerReader numbers = outer.read(DerReader.SEQUENCE, "");
      int r = numbers.readInteger("").signum();
      int s = numbers.readInteger("").signum();
      return r == 1 && s == 1 && outer.isEmpty() && numbers.isEmpty();
    } catch (IdentityException e) {
      return false;
    }
  }

  private static String goType(VerificationKey.Kind kind) {
    return switch (kind) {
      case RSA -> "*rsa.PublicKey";
      case ECDSA -> "*ecdsa.PublicKey";
      default -> "ed25519.PublicKey";
    };
  }
}
