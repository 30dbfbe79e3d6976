package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.security.PrivateKey;
import java.security.SecureRandom;
import org.hyperledger.fabric.protos.common.SignatureHeader;

/**
 * Signs as this peer. Safe for use by many threads.
 *
 * <p>Fabric: msp/identities.go signingidentity, protoutil/signature.go.
 */
public final class Signer {
  /** The length of a nonce, as all of Fabric has it. */
  private static final int NONCE_BYTES = 24;

  private final Identity identity;
  private final PrivateKey key;
  private final ByteString serialized;
  private final SecureRandom random = new SecureRandom();

  Signer(Identity identity, PrivateKey key) {
    this.identity = identity;
    this.key = key;
    this.serialized = identity.serialized();
  }

  public String mspId() {
    return identity.mspId();
  }

  /** The public side of this signer. */
  public Identity identity() {
    return identity;
  }

  /** The {@code msp.SerializedIdentity} bytes that go into creator and endorser fields. */
  public ByteString serialized() {
    return serialized;
  }

  /** A signature over the message: low-S DER for ECDSA. */
  public byte[] sign(byte[] message) {
    return Signatures.standard()
        .sign(key, identity.key(), UnsafeByteOperations.unsafeWrap(message));
  }

  /** As {@link #sign(byte[])}. */
  public ByteString sign(ByteString message) {
    return UnsafeByteOperations.unsafeWrap(
        Signatures.standard().sign(key, identity.key(), message));
  }

  /** A header with this signer as creator and a fresh 24-byte nonce. */
  public SignatureHeader newSignatureHeader() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return SignatureHeader.newBuilder()
        .setCreator(serialized)
        .setNonce(UnsafeByteOperations.unsafeWrap(nonce))
        .build();
  }
}
