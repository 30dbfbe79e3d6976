package org.blockraft.identity;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * The MSPs of one channel configuration. Deserialized identities are cached within a bound, and
 * they remember whether they are valid, so that an identity seen again is neither parsed nor
 * validated again. A new configuration brings a new manager. Safe for use by many threads.
 *
 * <p>Fabric: msp/mspmgrimpl.go, msp/cache/cache.go.
 */
public final class MspManager {
  /** About 10 KB each: room for the clients of a busy channel in some tens of megabytes. */
  private static final int IDENTITIES_MAX = 4096;

  private final Map<String, Msp> msps;
  private final Cache<ByteString, Identity> identities =
      CacheBuilder.newBuilder().maximumSize(IDENTITIES_MAX).build();

  private MspManager(Map<String, Msp> msps) {
    this.msps = msps;
  }

  /** A manager of these MSPs; of several with one id the last counts. */
  public static MspManager of(Collection<Msp> msps) {
    Map<String, Msp> byId = new TreeMap<>();
    for (Msp msp : msps) {
      byId.put(msp.id(), msp);
    }
    return new MspManager(Collections.unmodifiableMap(byId));
  }

  /**
   * Finds the MSP by the id in the serialized identity and parses the identity.
   *
   * @throws IdentityException for example "MSP X is not defined on channel"
   */
  public Identity deserialize(ByteString serializedIdentity) {
    Identity known = identities.getIfPresent(serializedIdentity);
    if (known != null) {
      return known;
    }
    SerializedIdentity parsed = parse(serializedIdentity);
    Msp msp = msps.get(parsed.getMspid());
    if (msp == null) {
      throw new IdentityException("MSP " + parsed.getMspid() + " is not defined on channel");
    }
    Identity identity = msp.deserializeCertificate(parsed.getIdBytes());
    // A copy, since the key may be a slice that would keep a whole block in memory.
    identities.put(ByteString.copyFrom(serializedIdentity.asReadOnlyByteBuffer()), identity);
    return identity;
  }

  /**
   * Checks the form of an identity as gossip does.
   *
   * @throws IdentityException if no MSP finds it well formed
   */
  public void requireWellFormed(SerializedIdentity identity) {
    for (Msp msp : msps.values()) {
      try {
        msp.requireWellFormed(identity);
        return;
      } catch (IdentityException e) {
        // Another kind of MSP may know the form.
      }
    }
    throw new IdentityException("no MSP provider recognizes the identity");
  }

  /** The MSPs by id. */
  public Map<String, Msp> msps() {
    return msps;
  }

  static SerializedIdentity parse(ByteString serializedIdentity) {
    try {
      return SerializedIdentity.parseFrom(serializedIdentity);
    } catch (InvalidProtocolBufferException e) {
      throw new IdentityException(
          "could not deserialize a SerializedIdentity: proto: cannot parse invalid wire-format"
              + " data");
    }
  }
}
