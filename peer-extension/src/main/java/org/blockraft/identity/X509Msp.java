package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.msp.FabricCryptoConfig;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * The MSP of certificates. Setup checks the whole configuration.
 *
 * <p>Fabric: msp/mspimpl.go, msp/mspimplsetup.go.
 */
final class X509Msp implements Msp {
  private final String id;
  private final MspVersion version;
  private final CertificateParser parser = new CertificateParser(Signatures.standard().providers());
  private final HashFamily signatureHash;
  private final String identityHash;
  private final List<RevocationList> revocations;
  private final CertificateAuthorities authorities;
  private final List<ByteString> tlsRootCerts;
  private final List<ByteString> tlsIntermediateCerts;
  private final List<OuIdentifier> configuredUnits;
  private final NodeOus nodeOus;
  private final Set<ByteString> admins = new HashSet<>();

  X509Msp(FabricMSPConfig config, MspVersion version) {
    this.id = config.getName();
    this.version = version;
    FabricCryptoConfig crypto = config.getCryptoConfig();
    this.signatureHash = HashFamily.of(crypto.getSignatureHashFamily());
    this.identityHash = digestName(crypto.getIdentityIdentifierHashFunction());
    this.revocations =
        config.getRevocationListList().stream()
            .map(list -> RevocationList.parse(list.toByteArray()))
            .toList();
    this.authorities =
        new CertificateAuthorities(
            parser,
            version,
            config.getRootCertsList(),
            config.getIntermediateCertsList(),
            identityHash,
            revocations);
    this.tlsRootCerts = List.copyOf(config.getTlsRootCertsList());
    this.tlsIntermediateCerts = List.copyOf(config.getTlsIntermediateCertsList());
    checkTlsAuthorities();
    this.configuredUnits = configuredUnits(config.getOrganizationalUnitIdentifiersList());
    this.nodeOus = nodeOus(config);
    setUpAdmins(config.getAdminsList());
  }

  private static String digestName(String name) {
    return switch (name) {
      case "", "SHA256" -> "SHA-256";
      case "SHA384" -> "SHA-384";
      case "SHA3_256" -> "SHA3-256";
      case "SHA3_384" -> "SHA3-384";
      default ->
          throw new IdentityException(
              "failed getting hash function options: hash function not recognized [" + name + "]");
    };
  }

  private void checkTlsAuthorities() {
    List<Certificate> roots =
        tlsRootCerts.stream().map(c -> authorities.parsePem(c.toByteArray())).toList();
    List<Certificate> intermediates =
        tlsIntermediateCerts.stream().map(c -> authorities.parsePem(c.toByteArray())).toList();
    ChainBuilder chains =
        new ChainBuilder(new CertificatePool(roots), new CertificatePool(intermediates));
    for (Certificate authority : roots) {
      CertificateAuthorities.check(authority, chains, revocations);
    }
    for (Certificate authority : intermediates) {
      CertificateAuthorities.check(authority, chains, revocations);
    }
  }

  private List<OuIdentifier> configuredUnits(List<FabricOUIdentifier> units) {
    List<OuIdentifier> configured = new ArrayList<>();
    for (FabricOUIdentifier unit : units) {
      String name = unit.getOrganizationalUnitIdentifier();
      try {
        configured.add(new OuIdentifier(name, authorities.certifiersIdOf(unit.getCertificate())));
      } catch (IdentityException e) {
        throw IdentityException.wrap(e, "failed getting certificate for [" + name + "]");
      }
    }
    return List.copyOf(configured);
  }

  private NodeOus nodeOus(FabricMSPConfig config) {
    if (!config.hasFabricNodeOus() || version == MspVersion.V1_0) {
      return NodeOus.NONE;
    }
    return version.atLeast(MspVersion.V1_4_3)
        ? NodeOus.of(config.getFabricNodeOus(), this::resolve)
        : NodeOus.ofClientAndPeer(config.getFabricNodeOus(), this::resolve);
  }

  private OuIdentifier resolve(FabricOUIdentifier unit) {
    byte[] certifiers =
        unit.getCertificate().isEmpty()
            ? new byte[0]
            : authorities.certifiersIdOf(unit.getCertificate());
    return new OuIdentifier(unit.getOrganizationalUnitIdentifier(), certifiers);
  }

  private void setUpAdmins(List<ByteString> pems) {
    List<Identity> identities = new ArrayList<>();
    for (ByteString pem : pems) {
      identities.add(fromConfig(pem));
    }
    boolean byUnits = version.atLeast(MspVersion.V1_4_3);
    if (byUnits && identities.isEmpty() && !(nodeOus.enforced() && nodeOus.admin() != null)) {
      throw new IdentityException(
          "administrators must be declared when no admin ou classification is set");
    }
    for (Identity admin : identities) {
      admins.add(admin.certificateDer());
    }
    for (int i = 0; i < identities.size(); i++) {
      checkAdmin(i, identities.get(i), byUnits);
    }
  }

  private void checkAdmin(int index, Identity admin, boolean byUnits) {
    if (byUnits && nodeOus.enforced()) {
      String client = roleRefusal(admin, MSPRoleType.CLIENT);
      String own = roleRefusal(admin, MSPRoleType.ADMIN);
      if (client != null && own != null) {
        throw new IdentityException("admin %d is invalid [%s,%s]".formatted(index, client, own));
      }
      return;
    }
    try {
      if (nodeOus.enforced()) {
        PrincipalRules.satisfies(
            this, admin, SignaturePolicies.rolePrincipal(id, MSPRoleType.CLIENT));
      } else {
        admin.validate();
      }
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "admin " + index + " is invalid");
    }
  }

  private String roleRefusal(Identity identity, MSPRoleType role) {
    try {
      IdentityRules.requireRole(this, identity, role);
      return null;
    } catch (IdentityException e) {
      return e.getMessage();
    }
  }

  /** The identity of a certificate in a configuration. */
  Identity fromConfig(ByteString pem) {
    Certificate certificate = authorities.parsePem(pem.toByteArray());
    requireKnownKey(certificate, version);
    return identity(certificate);
  }

  private Identity identity(Certificate certificate) {
    return new Identity(this, authorities.sanitize(certificate), signatureHash, identityHash);
  }

  /** Refuses a certificate whose key is of a kind that the version does not know. */
  static void requireKnownKey(Certificate certificate, MspVersion version) {
    boolean ed25519 = version.atLeast(MspVersion.V3_0);
    boolean known =
        switch (certificate.key().kind()) {
          case ECDSA, RSA -> true;
          case ED25519 -> ed25519;
          case DSA, UNKNOWN -> false;
        };
    if (!known) {
      throw new IdentityException(
          "Failed importing key with opts [&{true}]: Certificate's public key type not recognized."
              + " Supported keys: "
              + (ed25519 ? "[ECDSA, ED25519, RSA]" : "[ECDSA, RSA]"));
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public MspVersion version() {
    return version;
  }

  @Override
  public Identity deserialize(ByteString serializedIdentity) {
    SerializedIdentity parsed = MspManager.parse(serializedIdentity);
    if (!parsed.getMspid().equals(id)) {
      throw new IdentityException(
          "expected MSP ID %s, received %s".formatted(id, parsed.getMspid()));
    }
    return deserializeCertificate(parsed.getIdBytes());
  }

  @Override
  public Identity deserializeCertificate(ByteString idBytes) {
    Pem pem = Pem.decode(idBytes.toByteArray());
    if (pem == null) {
      throw new IdentityException("could not decode the PEM structure");
    }
    Certificate certificate;
    try {
      certificate = parser.parse(pem.bytes());
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "parseCertificate failed");
    }
    try {
      requireKnownKey(certificate, version);
    } catch (IdentityException e) {
      throw IdentityException.wrap(e, "failed to import certificate's public key");
    }
    return identity(certificate);
  }

  @Override
  public void requireWellFormed(SerializedIdentity identity) {
    byte[] bytes = identity.getIdBytes().toByteArray();
    Pem pem = Pem.decode(bytes);
    if (pem == null) {
      throw new IdentityException("PEM decoding resulted in an empty block");
    }
    String prefix = "identity " + GoText.utf8(bytes) + " for MSP " + identity.getMspid() + " has ";
    if (pem.rest().length > 0) {
      throw new IdentityException(prefix + "trailing bytes");
    }
    if (!pem.type().equals("CERTIFICATE") && !pem.type().isEmpty()) {
      throw new IdentityException(
          "pem type is " + pem.type() + ", should be 'CERTIFICATE' or missing");
    }
    Certificate certificate = parser.parse(pem.bytes());
    if (certificate.algorithm().isEcdsa()) {
      byte[] canonical = EcdsaSignature.parse(certificate.signature()).toDer();
      if (!Arrays.equals(canonical, certificate.signature())) {
        throw new IdentityException(prefix + "a non canonical signature");
      }
    }
  }

  @Override
  public List<ByteString> tlsRootCerts() {
    return tlsRootCerts;
  }

  @Override
  public List<ByteString> tlsIntermediateCerts() {
    return tlsIntermediateCerts;
  }

  boolean accepts(VerificationKey.Kind kind) {
    // Before version 3 every kind is let through here, and RSA fails when a signature is verified.
    return !version.atLeast(MspVersion.V3_0)
        || kind == VerificationKey.Kind.ECDSA
        || kind == VerificationKey.Kind.ED25519;
  }

  boolean isAdmin(Identity identity) {
    return admins.contains(identity.certificateDer());
  }

  /** The chain of a member, itself first. */
  List<Certificate> chain(Certificate certificate) {
    if (certificate.isCa()) {
      throw new IdentityException(
          "An X509 certificate with Basic Constraint: Certificate Authority equals true cannot be"
              + " used as an identity");
    }
    return authorities.validationChain(certificate, false);
  }

  List<OuIdentifier> certifiedUnits(Certificate certificate) {
    List<Certificate> chain;
    try {
      chain = chain(certificate);
    } catch (IdentityException e) {
      return List.of();
    }
    byte[] certifiers = authorities.certifiersId(chain.subList(1, chain.size()));
    return certificate.names().units().stream()
        .map(unit -> new OuIdentifier(unit, certifiers))
        .toList();
  }

  List<RevocationList> revocations() {
    return revocations;
  }

  List<OuIdentifier> configuredUnits() {
    return configuredUnits;
  }

  NodeOus nodeOus() {
    return nodeOus;
  }

  static X509Msp of(ByteString config, MspVersion version) {
    try {
      return new X509Msp(FabricMSPConfig.parseFrom(config), version);
    } catch (InvalidProtocolBufferException e) {
      throw new IdentityException(
          "failed unmarshalling fabric msp config: proto: cannot parse invalid wire-format data");
    }
  }
}
