package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.FabricNodeOUs;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/**
 * An organization for tests: a certificate authority, a TLS authority, and an MSP with node OUs
 * (client, peer, admin, orderer) as the test network has it.
 */
public final class TestOrg {
  /** A member with its key. */
  public record Member(TestPki.Credential credential, Signer signer) {

    /** The serialized identity. */
    public ByteString serialized() {
      return signer.serialized();
    }

    public ByteString sign(ByteString message) {
      return signer.sign(message);
    }

    /** This member's signature over data, ready for a policy. */
    public SignedData signed(ByteString data) {
      return new SignedData(data, serialized(), sign(data));
    }
  }

  private final String mspId;
  private final TestPki.Credential authority;
  private final TestPki.Credential tlsAuthority;
  private final MSPConfig mspConfig;
  private final X509Msp msp;

  /** An organization with fresh keys. */
  public TestOrg(String mspId) {
    this(mspId, MspVersion.V1_4_3);
  }

  public TestOrg(String mspId, MspVersion version) {
    this.mspId = mspId;
    this.authority = TestPki.selfSigned(TestPki.request("CN=ca." + mspId).authority());
    this.tlsAuthority = TestPki.selfSigned(TestPki.request("CN=tlsca." + mspId).authority());
    FabricMSPConfig config = fabricConfig().build();
    this.mspConfig = MSPConfig.newBuilder().setConfig(config.toByteString()).build();
    this.msp = new X509Msp(config, version);
  }

  /** The MSP configuration as it stands in a channel. */
  public FabricMSPConfig.Builder fabricConfig() {
    return FabricMSPConfig.newBuilder()
        .setName(mspId)
        .addRootCerts(ByteString.copyFrom(authority.pem()))
        .addTlsRootCerts(ByteString.copyFrom(tlsAuthority.pem()))
        .setFabricNodeOus(
            FabricNodeOUs.newBuilder()
                .setEnable(true)
                .setClientOuIdentifier(unit("client"))
                .setPeerOuIdentifier(unit("peer"))
                .setAdminOuIdentifier(unit("admin"))
                .setOrdererOuIdentifier(unit("orderer")));
  }

  private static FabricOUIdentifier unit(String name) {
    return FabricOUIdentifier.newBuilder().setOrganizationalUnitIdentifier(name).build();
  }

  public String mspId() {
    return mspId;
  }

  public MSPConfig mspConfig() {
    return mspConfig;
  }

  public Msp msp() {
    return msp;
  }

  public TestPki.Credential authority() {
    return authority;
  }

  public TestPki.Credential tlsAuthority() {
    return tlsAuthority;
  }

  public Member client() {
    return member("user1", "client");
  }

  public Member peer() {
    return member("peer0", "peer");
  }

  public Member admin() {
    return member("admin", "admin");
  }

  public Member orderer() {
    return member("orderer", "orderer");
  }

  /** A new member with one organizational unit. */
  public Member member(String name, String unit) {
    return member(TestPki.request("CN=%s.%s,OU=%s".formatted(name, mspId, unit)));
  }

  /** A new member as requested. */
  public Member member(TestPki.Request request) {
    TestPki.Credential credential = TestPki.issue(request, authority);
    Identity identity = msp.fromConfig(ByteString.copyFrom(credential.pem()));
    return new Member(credential, new Signer(identity, credential.keys().getPrivate()));
  }

  /** A TLS certificate for a server and client with these names. */
  public TestPki.Credential tls(String... names) {
    return TestPki.issue(
        TestPki.request("CN=" + names[0])
            .dnsNames(names)
            .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth),
        tlsAuthority);
  }

  /** Writes a local MSP directory for a member, laid out as cryptogen does. */
  public void writeMspDirectory(Path directory, Member member) {
    try {
      write(directory.resolve("cacerts/ca-cert.pem"), authority.pem());
      write(directory.resolve("tlscacerts/tlsca-cert.pem"), tlsAuthority.pem());
      write(directory.resolve("signcerts/cert.pem"), member.credential().pem());
      write(directory.resolve("keystore/priv_sk"), member.credential().keyPem());
      StringBuilder yaml = new StringBuilder("NodeOUs:\n  Enable: true\n");
      for (String role : new String[] {"Client", "Peer", "Admin", "Orderer"}) {
        yaml.append("  ").append(role).append("OUIdentifier:\n");
        yaml.append("    Certificate: cacerts/ca-cert.pem\n");
        yaml.append("    OrganizationalUnitIdentifier: ");
        yaml.append(role.toLowerCase(Locale.ROOT)).append('\n');
      }
      write(directory.resolve("config.yaml"), yaml.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] contents) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, contents);
  }
}
