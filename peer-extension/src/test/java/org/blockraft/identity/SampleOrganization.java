package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/** An organization of {@link SampleChannel}: members from MSP folders, TLS for localhost. */
public final class SampleOrganization {
  private final TestOrg org;

  public SampleOrganization(String mspId) {
    this.org = new TestOrg(mspId);
  }

  public String mspId() {
    return org.mspId();
  }

  /** Who issues this organization's TLS certificates. */
  public ByteString tlsAuthorityPem() {
    return ByteString.copyFrom(org.tlsAuthority().pem());
  }

  /** The MSP as it stands in a channel configuration. */
  public MSPConfig mspConfig() {
    return org.mspConfig();
  }

  /** A member with a role ("client", "peer", "admin", "orderer"), loaded from an MSP folder. */
  public LocalMsp member(Path dir, String name, String role) {
    org.writeMspDirectory(dir, org.member(name, role));
    return LocalMsp.load(dir, org.mspId(), Instant::now);
  }

  /** TLS credentials for localhost, for servers and clients. */
  public TlsCredentials tls() {
    TestPki.Credential credential = org.tls("localhost");
    return TlsCredentials.of(
        ByteString.copyFrom(credential.pem()), ByteString.copyFrom(credential.keyPem()));
  }

  /** Who issues the certificates of members. */
  public ByteString authorityPem() {
    return ByteString.copyFrom(org.authority().pem());
  }

  /** Writes TLS files for localhost: {@code ca.crt}, {@code server.crt}, {@code server.key}. */
  public void writeTls(Path dir) throws IOException {
    TestPki.Credential credential = org.tls("localhost");
    Files.createDirectories(dir);
    Files.write(dir.resolve("ca.crt"), org.tlsAuthority().pem());
    Files.write(dir.resolve("server.crt"), credential.pem());
    Files.write(dir.resolve("server.key"), credential.keyPem());
  }
}
