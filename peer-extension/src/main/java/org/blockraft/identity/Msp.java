package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.msp.MSPConfig;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * A membership service provider: the roots of trust and naming rules of one organization.
 * Immutable; safe for use by many threads.
 *
 * <p>Fabric: msp/mspimpl.go, msp/idemix.go.
 */
public sealed interface Msp permits X509Msp, IdemixMsp {
  /** The type number of an MSP of certificates in its configuration. */
  int TYPE_FABRIC = 0;

  /** The type number of an MSP of anonymous credentials in its configuration. */
  int TYPE_IDEMIX = 1;

  /**
   * Sets up an MSP from its configuration.
   *
   * @throws IdentityException if the configuration is not acceptable, with Fabric's text
   */
  static Msp of(MSPConfig config, MspVersion version) {
    return switch (config.getType()) {
      case TYPE_FABRIC -> X509Msp.of(config.getConfig(), version);
      case TYPE_IDEMIX -> IdemixMsp.of(config.getConfig(), version);
      default ->
          throw new IdentityException("Setup error: unsupported msp type " + config.getType());
    };
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

  /**
   * Parses the identity bytes that stand inside a {@code msp.SerializedIdentity}: PEM.
   *
   * @throws IdentityException with Fabric's text
   */
  Identity deserializeCertificate(ByteString idBytes);

  /**
   * Checks the form of an identity more strictly than {@link #deserialize} does, as gossip asks.
   *
   * @throws IdentityException with Fabric's text
   */
  void requireWellFormed(SerializedIdentity identity);

  /** The PEM form of the TLS root certificates, as configured. */
  List<ByteString> tlsRootCerts();

  /** The PEM form of the TLS intermediate certificates, as configured. */
  List<ByteString> tlsIntermediateCerts();
}
