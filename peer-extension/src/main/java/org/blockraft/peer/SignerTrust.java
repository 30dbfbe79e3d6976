package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.blockraft.identity.Identity;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.Msp;
import org.blockraft.identity.MspVersion;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.FabricNodeOUs;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;
import org.hyperledger.fabric.protos.msp.MSPConfig;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * Whose signature of a root counts: that of a peer whose certificate comes from given authorities.
 * A certificate is judged as of its own time, as Fabric does, so that a proof can be kept.
 */
final class SignerTrust {
  private final List<ByteString> authorities;
  private final boolean anyMember;

  /**
   * @param authorities PEM files of an organization's root and intermediate authorities
   * @param anyMember whether any of its members may have signed: where certificates do not tell
   *     peers from clients by their organizational unit
   */
  SignerTrust(List<ByteString> authorities, boolean anyMember) {
    this.authorities = List.copyOf(authorities);
    this.anyMember = anyMember;
  }

  /**
   * The signer, who is valid.
   *
   * @throws IdentityException if he is not
   */
  Identity signer(ByteString serialized) {
    // The organization's name is what the signer says: the authorities count, not the name.
    String mspId = mspId(serialized);
    FabricMSPConfig.Builder config = FabricMSPConfig.newBuilder().setName(mspId);
    for (ByteString file : authorities) {
      for (X509Certificate authority : certificates(file)) {
        boolean root =
            authority.getSubjectX500Principal().equals(authority.getIssuerX500Principal());
        if (root) {
          config.addRootCerts(pem(authority));
        } else {
          config.addIntermediateCerts(pem(authority));
        }
      }
    }
    if (!anyMember) {
      config.setFabricNodeOus(
          FabricNodeOUs.newBuilder()
              .setEnable(true)
              .setClientOuIdentifier(unit("client"))
              .setPeerOuIdentifier(unit("peer"))
              .setAdminOuIdentifier(unit("admin"))
              .setOrdererOuIdentifier(unit("orderer")));
    }
    Msp msp =
        Msp.of(
            MSPConfig.newBuilder()
                .setType(Msp.TYPE_FABRIC)
                .setConfig(config.build().toByteString())
                .build(),
            anyMember ? MspVersion.V1_3 : MspVersion.V3_0);
    Identity signer = msp.deserialize(serialized);
    signer.validate();
    if (!anyMember) {
      signer.satisfies(SignaturePolicies.rolePrincipal(mspId, MSPRoleType.PEER));
    }
    return signer;
  }

  private static FabricOUIdentifier unit(String name) {
    return FabricOUIdentifier.newBuilder().setOrganizationalUnitIdentifier(name).build();
  }

  /** The organization that an identity claims. */
  static String mspId(ByteString serialized) {
    return parse(serialized).getMspid();
  }

  private static SerializedIdentity parse(ByteString serialized) {
    try {
      return SerializedIdentity.parseFrom(serialized);
    } catch (InvalidProtocolBufferException e) {
      throw new IdentityException("the signer is no identity: " + e.getMessage());
    }
  }

  private static List<X509Certificate> certificates(ByteString pem) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (var certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem.newInput())) {
        certificates.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw new IdentityException("not a certificate: " + e.getMessage());
    }
    return certificates;
  }

  private static ByteString pem(X509Certificate certificate) {
    try {
      String body = Base64.getMimeEncoder().encodeToString(certificate.getEncoded());
      return ByteString.copyFromUtf8(
          "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
    } catch (CertificateException e) {
      throw new IdentityException("certificate has no encoding: " + e.getMessage());
    }
  }

  /** A serialized identity in a few words; nothing of it is checked. */
  static String name(ByteString serialized) {
    SerializedIdentity identity = parse(serialized);
    List<X509Certificate> own = certificates(identity.getIdBytes());
    String subject = own.isEmpty() ? "" : own.getFirst().getSubjectX500Principal().getName();
    return identity.getMspid() + " " + subject;
  }
}
