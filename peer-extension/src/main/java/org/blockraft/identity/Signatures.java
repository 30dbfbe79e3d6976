package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Signature verification and signing over the fastest healthy provider. ECDSA signatures are strict
 * in encoding and must have a low S. Immutable; safe for use by many threads.
 *
 * <p>Fabric: bccsp/sw/ecdsa.go, bccsp/sw/impl.go, msp/identities.go Verify.
 */
public final class Signatures {
  private static final String UNDETERMINED = "could not determine the validity of the signature: ";
  private static final String FAILED = UNDETERMINED + "Failed verifing with opts [<nil>]: ";
  private static final String EMPTY = UNDETERMINED + "Invalid signature. Cannot be empty.";
  private static final String INVALID = "The signature is invalid";

  private final EcProviders providers;

  private Signatures(EcProviders providers) {
    this.providers = providers;
  }

  private static final class Holder {
    static final Signatures STANDARD = new Signatures(EcProviders.detect());
  }

  /** The process-wide instance: provider selection and self test happen on first use. */
  public static Signatures standard() {
    return Holder.STANDARD;
  }

  /** The name of the provider behind elliptic-curve operations, for logs and health pages. */
  public String providerName() {
    return providers.name();
  }

  EcProviders providers() {
    return providers;
  }

  /**
   * Verifies one signature.
   *
   * @throws IdentityException with Fabric's text if it does not hold
   */
  public void verify(VerificationKey key, ByteString message, ByteString signature) {
    String refusal = refusal(key, message, signature);
    if (refusal != null) {
      throw new IdentityException(refusal);
    }
  }

  /** As {@link #verify}, of an ECDSA signature over a digest. */
  void verifyDigest(VerificationKey key, byte[] digest, ByteString signature) {
    String refusal = signature.isEmpty() ? EMPTY : ecdsaRefusal(key, digest, signature);
    if (refusal != null) {
      throw new IdentityException(refusal);
    }
  }

  /** Whether one signature holds. */
  public boolean holds(SignatureCheck check) {
    return refusal(check.key(), check.message(), check.signature()) == null;
  }

  /**
   * Verifies a batch.
   *
   * @return bit i set: check i holds
   */
  public BitSet verifyAll(List<SignatureCheck> checks) {
    BitSet verdicts = new BitSet(checks.size());
    for (int i = 0; i < checks.size(); i++) {
      verdicts.set(i, holds(checks.get(i)));
    }
    return verdicts;
  }

  /**
   * Verifies a batch in pieces, on the calling thread and on an executor, and waits for all of it.
   *
   * @return bit i set: check i holds
   */
  public BitSet verifyAll(List<SignatureCheck> checks, Executor executor) {
    return new SignatureBatch(this, checks).run(executor);
  }

  /** Why a signature does not hold, or null if it does. */
  private static String refusal(VerificationKey key, ByteString message, ByteString signature) {
    if (signature.isEmpty()) {
      return EMPTY;
    }
    return switch (key.kind()) {
      case ECDSA -> ecdsaRefusal(key, key.hashFamily().digest(message), signature);
      case ED25519 -> ed25519Refusal(key, message, signature.toByteArray());
      case RSA, DSA, UNKNOWN ->
          UNDETERMINED + "Unsupported 'VerifyKey' provided [" + key.kind().text + "]";
    };
  }

  private static String ecdsaRefusal(VerificationKey key, byte[] digest, ByteString signature) {
    EcdsaSignature numbers;
    try {
      numbers = EcdsaSignature.parse(signature.toByteArray());
    } catch (IdentityException e) {
      return FAILED + "Failed unmashalling signature [" + e.getMessage() + "]";
    }
    EcCurve curve = key.curve();
    if (curve == null) {
      return FAILED + "curve not recognized";
    }
    if (!numbers.isLowS(curve)) {
      return "%sInvalid S. Must be smaller than half the order [%s][%s]."
          .formatted(FAILED, numbers.s(), curve.halfOrder);
    }
    if (numbers.r().compareTo(curve.order) >= 0) {
      return INVALID;
    }
    return EcProviders.verify(key, digest, numbers.toDer()) ? null : INVALID;
  }

  private static String ed25519Refusal(VerificationKey key, ByteString message, byte[] signature) {
    return ed25519Holds(key, message.toByteArray(), signature) ? null : INVALID;
  }

  static boolean ed25519Holds(VerificationKey key, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key.key());
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Signs a message: ECDSA over its digest with a low S, or Ed25519 over the message itself. */
  byte[] sign(PrivateKey privateKey, VerificationKey publicKey, ByteString message) {
    if (publicKey.kind() == VerificationKey.Kind.ED25519) {
      try {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(privateKey);
        signer.update(message.toByteArray());
        return signer.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("cannot sign with the signing key", e);
      }
    }
    byte[] digest = publicKey.hashFamily().digest(message);
    return EcdsaSignature.parse(providers.sign(privateKey, digest))
        .toLowS(publicKey.curve())
        .toDer();
  }
}
