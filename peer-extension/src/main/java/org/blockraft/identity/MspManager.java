package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.Map;

/**
 * The MSPs of one channel configuration. Deserialized identities are cached within a bound, so that
 * an identity seen again is neither parsed nor validated again. A new configuration brings a new
 * manager. Safe for use by many threads.
 *
 * <p>Fabric: msp/mspmgrimpl.go, msp/cache/cache.go.
 */
public final class MspManager {
  private MspManager() {}

  public static MspManager of(Collection<Msp> msps) {
    throw new IllegalStateException("being written");
  }

  /**
   * Finds the MSP by the id in the serialized identity and parses the identity.
   *
   * @throws IdentityException for example "MSP X is not defined on channel"
   */
  public Identity deserialize(ByteString serializedIdentity) {
    throw new IllegalStateException("being written");
  }

  /** The MSPs by id. */
  public Map<String, Msp> msps() {
    throw new IllegalStateException("being written");
  }
}
