package org.blockraft.identity;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers for elliptic curves, fastest first: the native one if it loads and passes its self
 * test, then Bouncy Castle, then the one of the JDK. Those after the first are not loaded before a
 * key comes that the first does not take: they are a good part of the time that a start takes. Safe
 * for use by many threads.
 */
final class EcProviders {
  private static final Logger LOG = LoggerFactory.getLogger(EcProviders.class);

  /** Signs and verifies a digest that is computed outside of the provider. */
  private static final String ECDSA_OF_DIGEST = "NONEwithECDSA";

  private final Provider first;
  private final boolean isAccelerated;
  private List<Provider> others;

  private EcProviders(Provider first, boolean isAccelerated) {
    this.first = first;
    this.isAccelerated = isAccelerated;
  }

  static EcProviders detect() {
    Provider accelerated = accelerated();
    if (accelerated == null) {
      LOG.warn(
          "NATIVE CRYPTOGRAPHY IS NOT AVAILABLE: signatures are checked in pure Java, which is"
              + " slower by a factor of about two (Bouncy Castle) to eight (JDK)");
    }
    Provider first = accelerated == null ? inJava().getFirst() : accelerated;
    LOG.info("Elliptic curve signatures by {}", first.getName());
    return new EcProviders(first, accelerated != null);
  }

  private static List<Provider> inJava() {
    List<Provider> healthy = new ArrayList<>();
    addIfHealthy(healthy, new BouncyCastleProvider());
    addIfHealthy(healthy, Security.getProvider("SunEC"));
    if (healthy.isEmpty()) {
      throw new IllegalStateException("no provider for elliptic curves passes its self test");
    }
    return healthy;
  }

  /** What to try when the first provider fails. */
  private synchronized List<Provider> others() {
    if (others == null) {
      List<Provider> healthy = inJava();
      others = List.copyOf(isAccelerated ? healthy : healthy.subList(1, healthy.size()));
    }
    return others;
  }

  /** What a provider is asked for. */
  @FunctionalInterface
  private interface Request<T> {
    T from(Provider provider) throws GeneralSecurityException;
  }

  /** The answer of the first provider that has one, else the exception of the last. */
  private <T> T ask(Request<T> request) throws GeneralSecurityException {
    GeneralSecurityException last;
    try {
      return request.from(first);
    } catch (GeneralSecurityException e) {
      last = e;
    } catch (RuntimeException e) {
      last = new GeneralSecurityException(e);
    }
    for (Provider provider : others()) {
      try {
        return request.from(provider);
      } catch (GeneralSecurityException e) {
        last = e;
      } catch (RuntimeException e) {
        last = new GeneralSecurityException(e);
      }
    }
    throw last;
  }

  private static Provider accelerated() {
    try {
      AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
      Throwable loadingError = provider.getLoadingError();
      if (loadingError != null) {
        LOG.warn("Native cryptography does not load", loadingError);
        return null;
      }
      SelfTestStatus status = provider.runSelfTests();
      if (status != SelfTestStatus.PASSED) {
        LOG.warn("Native cryptography fails its self test: {}", status);
        return null;
      }
      return isHealthy(provider) ? provider : null;
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("Native cryptography does not load", e);
      return null;
    }
  }

  private static void addIfHealthy(List<Provider> healthy, Provider provider) {
    if (provider != null && isHealthy(provider)) {
      healthy.add(provider);
    }
  }

  /** Signs and verifies once, and requires that a changed digest is refused. */
  private static boolean isHealthy(Provider provider) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] digest = HashFamily.SHA2.digest(new byte[] {1});
      Signature signer = Signature.getInstance(ECDSA_OF_DIGEST, provider);
      signer.initSign(pair.getPrivate());
      signer.update(digest);
      byte[] signature = signer.sign();
      VerificationKey key =
          VerificationKey.ecdsa(EcCurve.P256, new byte[0], pair.getPublic(), provider);
      boolean accepted = verify(key, digest, signature);
      digest[0] ^= 1;
      return accepted && !verify(key, digest, signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      LOG.warn("Provider {} fails its self test", provider.getName(), e);
      return false;
    }
  }

  String name() {
    return first.getName();
  }

  /** Translates a key for the first provider that knows its curve. */
  VerificationKey publicKey(EcCurve curve, byte[] point, byte[] subjectPublicKeyInfo) {
    try {
      return ask(
          provider ->
              VerificationKey.ecdsa(
                  curve,
                  point,
                  KeyFactory.getInstance("EC", provider)
                      .generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo)),
                  provider));
    } catch (GeneralSecurityException e) {
      LOG.debug("No provider takes a key of {}", curve, e);
      return VerificationKey.unusable(VerificationKey.Kind.ECDSA);
    }
  }

  /** Translates a private key for the first provider that takes it. */
  PrivateKey privateKey(byte[] pkcs8) {
    try {
      return ask(
          provider ->
              KeyFactory.getInstance("EC", provider)
                  .generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no provider takes this private key", e);
    }
  }

  /** Whether a DER signature over a digest holds. */
  static boolean verify(VerificationKey key, byte[] digest, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(ECDSA_OF_DIGEST, key.provider());
      verifier.initVerify(key.key());
      verifier.update(digest);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // The numbers are out of range for this provider: no signature of this key.
      return false;
    }
  }

  /** A DER signature over a digest, by the first provider that takes the key. */
  byte[] sign(PrivateKey key, byte[] digest) {
    try {
      return ask(
          provider -> {
            Signature signer = Signature.getInstance(ECDSA_OF_DIGEST, provider);
            signer.initSign(key);
            signer.update(digest);
            return signer.sign();
          });
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no provider signs with this key", e);
    }
  }
}
