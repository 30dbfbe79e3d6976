package org.blockraft.identity;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * The short name of a peer among peers.
 *
 * <p>Fabric: internal/peer/gossip/mcs.go GetPKIidOfCert.
 */
public final class PkiId {
  private PkiId() {}

  /**
   * SHA-256 of an identity's MSP id and certificate as they came.
   *
   * @throws IdentityException if it is not a serialized identity
   */
  public static ByteString of(ByteString serializedIdentity) {
    SerializedIdentity parsed = MspManager.parse(serializedIdentity);
    ByteString raw = parsed.getMspidBytes().concat(parsed.getIdBytes());
    return ByteString.copyFrom(HashFamily.newDigest("SHA-256").digest(raw.toByteArray()));
  }
}
