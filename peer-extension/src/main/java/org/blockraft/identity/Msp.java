package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/**
 * A membership service provider: the roots of trust and naming rules of one organization.
 * Immutable; safe for use by many threads.
 *
 * <p>Fabric: msp/mspimpl.go, msp/idemix.go.
 */
public sealed interface Msp permits X509Msp, IdemixMsp {

  /**
   * Sets up an MSP from its configuration.
   *
   * @throws IdentityException if the configuration is not acceptable, with Fabric's text
   */
  static Msp of(MSPConfig config, MspVersion version) {
    throw new IllegalStateException("being written");
  }

  /** The MSP id, for example {@code Org1MSP}. */
  String id();

  /** The rules in force. */
  MspVersion version();

  /**
   * Parses an identity of this MSP; it is not validated yet.
   *
   * @param serializedIdentity a serialized {@code msp.SerializedIdentity}
   * @throws IdentityException with Fabric's text
   */
  Identity deserialize(ByteString serializedIdentity);

  /** The PEM form of the TLS root certificates, as configured. */
  List<ByteString> tlsRootCerts();

  /** The PEM form of the TLS intermediate certificates, as configured. */
  List<ByteString> tlsIntermediateCerts();
}
