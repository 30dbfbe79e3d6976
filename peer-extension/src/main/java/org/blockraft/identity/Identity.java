package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.hyperledger.fabric.protos.common.MSPPrincipal;

/**
 * A member, client or node as an MSP sees it: a certificate and the MSP that answers for it.
 * Outcomes of validation are remembered. Safe for use by many threads.
 *
 * <p>Fabric: msp/identities.go.
 */
public final class Identity {
  Identity() {}

  /** The id of the MSP that answers for this identity. */
  public String mspId() {
    throw new IllegalStateException("being written");
  }

  /** Hex of SHA-256 over the (sanitized) certificate; with {@link #mspId} it names the signer. */
  public String uniqueId() {
    throw new IllegalStateException("being written");
  }

  /** A {@code msp.SerializedIdentity} over the sanitized certificate in this peer's PEM form. */
  public ByteString serialized() {
    throw new IllegalStateException("being written");
  }

  /** The certificate (sanitized: its signature is low-S). */
  public X509Certificate certificate() {
    throw new IllegalStateException("being written");
  }

  /** The DER bytes of {@link #certificate}. */
  public ByteString certificateDer() {
    throw new IllegalStateException("being written");
  }

  /** The key that signatures of this identity are verified with. */
  public VerificationKey key() {
    throw new IllegalStateException("being written");
  }

  /** The end of the certificate's validity. */
  public Instant expiresAt() {
    throw new IllegalStateException("being written");
  }

  /** The organizational units of the certificate's subject, in order. */
  public List<String> organizationalUnits() {
    throw new IllegalStateException("being written");
  }

  /**
   * Checks the chain of trust, revocation and organizational units.
   *
   * @throws IdentityException with Fabric's text
   */
  public void validate() {
    throw new IllegalStateException("being written");
  }

  /**
   * Checks a signature of this identity.
   *
   * @throws IdentityException with Fabric's text, for example "The signature is invalid"
   */
  public void verify(ByteString message, ByteString signature) {
    throw new IllegalStateException("being written");
  }

  /** As {@link #verify(ByteString, ByteString)}. */
  public void verify(byte[] message, byte[] signature) {
    throw new IllegalStateException("being written");
  }

  /**
   * Checks that this identity is covered by a principal (and is valid, where the principal asks).
   *
   * @throws IdentityException with Fabric's text
   */
  public void satisfies(MSPPrincipal principal) {
    throw new IllegalStateException("being written");
  }
}
