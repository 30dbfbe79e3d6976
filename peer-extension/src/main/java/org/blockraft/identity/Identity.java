package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * A member, client or node as an MSP sees it: a certificate and the MSP that answers for it.
 * Outcomes of validation and of principals are remembered. Safe for use by many threads.
 *
 * <p>Fabric: msp/identities.go.
 */
public final class Identity {
  /** Principals remembered for one identity: more than a channel has for one organization. */
  private static final int PRINCIPALS_MAX = 64;

  private final X509Msp msp;
  private final Certificate certificate;
  private final VerificationKey key;
  private final String uniqueId;
  private final ConcurrentMap<MSPPrincipal, Outcome> principals = new ConcurrentHashMap<>();
  private final VerifiedSignatures verified = new VerifiedSignatures();
  private volatile Outcome validation;
  private volatile List<OuIdentifier> units;
  private volatile X509Certificate javaCertificate;

  /** Null refusal: accepted. */
  private record Outcome(String refusal) {
    static Outcome of(Runnable check) {
      try {
        check.run();
        return new Outcome(null);
      } catch (IdentityException e) {
        return new Outcome(e.getMessage());
      }
    }

    void orThrow() {
      if (refusal != null) {
        throw new IdentityException(refusal);
      }
    }
  }

  /**
   * Wraps a certificate that is sanitized.
   *
   * @param hash the JDK name of the digest behind the unique id
   */
  Identity(X509Msp msp, Certificate certificate, HashFamily family, String hash) {
    this.msp = msp;
    this.certificate = certificate;
    this.key = certificate.key().withHashFamily(family);
    this.uniqueId = HexFormat.of().formatHex(HashFamily.newDigest(hash).digest(certificate.der()));
  }

  /** The id of the MSP that answers for this identity. */
  public String mspId() {
    return msp.id();
  }

  /** Hex of the digest over the sanitized certificate; with {@link #mspId} it names the signer. */
  public String uniqueId() {
    return uniqueId;
  }

  /** A {@code msp.SerializedIdentity} over the sanitized certificate in this peer's PEM form. */
  public ByteString serialized() {
    return SerializedIdentity.newBuilder()
        .setMspid(msp.id())
        .setIdBytes(ByteString.copyFrom(Pem.encode("CERTIFICATE", certificate.der())))
        .build()
        .toByteString();
  }

  /**
   * The certificate (sanitized: its signature is low-S) as the JDK reads it.
   *
   * @throws IdentityException if the JDK does not read what Fabric reads
   */
  public X509Certificate certificate() {
    X509Certificate known = javaCertificate;
    if (known == null) {
      try {
        known =
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.der()));
      } catch (CertificateException e) {
        throw new IdentityException("certificate is not readable: " + e.getMessage());
      }
      javaCertificate = known;
    }
    return known;
  }

  /** The DER bytes of {@link #certificate}. */
  public ByteString certificateDer() {
    return ByteString.copyFrom(certificate.der());
  }

  Certificate parsedCertificate() {
    return certificate;
  }

  /** The key that signatures of this identity are verified with. */
  public VerificationKey key() {
    return key;
  }

  /** The end of the certificate's validity. */
  public Instant expiresAt() {
    return certificate.notAfter();
  }

  /** The organizational units of the certificate's subject, in order. */
  public List<String> organizationalUnits() {
    return certificate.names().units();
  }

  /** The units with the id of the certificate's authorities; none if there is no chain to them. */
  List<OuIdentifier> certifiedUnits() {
    List<OuIdentifier> known = units;
    if (known == null) {
      known = msp.certifiedUnits(certificate);
      units = known;
    }
    return known;
  }

  /**
   * Checks the chain of trust, revocation and organizational units. The outcome is remembered.
   *
   * @throws IdentityException with Fabric's text
   */
  public void validate() {
    Outcome known = validation;
    if (known == null) {
      known = Outcome.of(() -> IdentityRules.validate(msp, this));
      validation = known;
    }
    known.orThrow();
  }

  /**
   * Checks a signature of this identity.
   *
   * @throws IdentityException with Fabric's text, for example "The signature is invalid"
   */
  public void verify(ByteString message, ByteString signature) {
    if (key.kind() != VerificationKey.Kind.ECDSA) {
      Signatures.standard().verify(key, message, signature);
      return;
    }
    byte[] digest = key.hashFamily().digest(message);
    if (!verified.contains(digest, signature)) {
      Signatures.standard().verifyDigest(key, digest, signature);
      verified.add(digest, signature);
    }
  }

  /** As {@link #verify(ByteString, ByteString)}. */
  public void verify(byte[] message, byte[] signature) {
    verify(UnsafeByteOperations.unsafeWrap(message), UnsafeByteOperations.unsafeWrap(signature));
  }

  /**
   * Checks that this identity is covered by a principal (and is valid, where the principal asks).
   *
   * @throws IdentityException with Fabric's text
   */
  public void satisfies(MSPPrincipal principal) {
    outcome(principal).orThrow();
  }

  /** As {@link #satisfies}, as a plain answer. */
  boolean isCoveredBy(MSPPrincipal principal) {
    return outcome(principal).refusal == null;
  }

  private Outcome outcome(MSPPrincipal principal) {
    Outcome known = principals.get(principal);
    if (known == null) {
      known = Outcome.of(() -> PrincipalRules.satisfies(msp, this, principal));
      if (principals.size() < PRINCIPALS_MAX) {
        principals.put(principal, known);
      }
    }
    return known;
  }

  @Override
  public String toString() {
    return msp.id() + ":" + certificate.names().commonName();
  }
}
