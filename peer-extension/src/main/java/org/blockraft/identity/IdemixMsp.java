package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.hyperledger.fabric.protos.msp.IdemixMSPConfig;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * The MSP of anonymous credentials: known by name, so that a channel with such an organization
 * works, but its identities are refused, since their signatures are not verified here.
 *
 * <p>Fabric: msp/idemix.go.
 */
record IdemixMsp(String id, MspVersion version) implements Msp {

  static IdemixMsp of(ByteString config, MspVersion version) {
    try {
      return new IdemixMsp(IdemixMSPConfig.parseFrom(config).getName(), version);
    } catch (InvalidProtocolBufferException e) {
      throw new IdentityException("failed unmarshalling idemix msp config");
    }
  }

  @Override
  public Identity deserialize(ByteString serializedIdentity) {
    throw unsupported();
  }

  @Override
  public Identity deserializeCertificate(ByteString idBytes) {
    throw unsupported();
  }

  @Override
  public void requireWellFormed(SerializedIdentity identity) {
    throw unsupported();
  }

  private IdentityException unsupported() {
    return new IdentityException("idemix identities of MSP " + id + " are not supported");
  }

  @Override
  public List<ByteString> tlsRootCerts() {
    return List.of();
  }

  @Override
  public List<ByteString> tlsIntermediateCerts() {
    return List.of();
  }
}
