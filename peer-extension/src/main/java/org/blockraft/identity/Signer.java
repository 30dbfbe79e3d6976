package org.blockraft.identity;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.common.SignatureHeader;

/**
 * Signs as this peer. Safe for use by many threads.
 *
 * <p>Fabric: msp/identities.go signingidentity, protoutil/signature.go.
 */
public final class Signer {
  Signer() {}

  public String mspId() {
    throw new IllegalStateException("being written");
  }

  /** The public side of this signer. */
  public Identity identity() {
    throw new IllegalStateException("being written");
  }

  /** The {@code msp.SerializedIdentity} bytes that go into creator and endorser fields. */
  public ByteString serialized() {
    throw new IllegalStateException("being written");
  }

  /** A signature over the message: low-S DER for ECDSA. */
  public byte[] sign(byte[] message) {
    throw new IllegalStateException("being written");
  }

  /** As {@link #sign(byte[])}. */
  public ByteString sign(ByteString message) {
    throw new IllegalStateException("being written");
  }

  /** A header with this signer as creator and a fresh 24-byte nonce. */
  public SignatureHeader newSignatureHeader() {
    throw new IllegalStateException("being written");
  }
}
