package org.blockraft.testnet;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Key material of a whole network, in the folder layout of Fabric's cryptogen, so that every tool
 * and sample that knows that layout finds its files.
 */
public final class CryptoMaterial {
  private final Path root;
  private final Instant now;
  private final String address;

  public CryptoMaterial(Path root, Instant now) {
    this(root, now, NetworkPorts.HOST);
  }

  /**
   * @param address that TLS certificates are valid for besides the loopback interface's
   */
  CryptoMaterial(Path root, Instant now, String address) {
    this.root = root;
    this.now = now;
    this.address = address;
  }

  /** The folder of an organization, for example {@code peerOrganizations/org1.example.com}. */
  Path peerOrganization(String domain) {
    return root.resolve("peerOrganizations").resolve(domain);
  }

  Path ordererOrganization(String domain) {
    return root.resolve("ordererOrganizations").resolve(domain);
  }

  /** Makes an organization with {@code peers} peers and {@code users} users besides its admin. */
  public void writePeerOrganization(String domain, int peers, int users) {
    Path folder = peerOrganization(domain);
    Organization organization = new Organization(folder, domain);
    for (int i = 0; i < peers; i++) {
      organization.writeNode(folder.resolve("peers"), "peer" + i + "." + domain, "peer");
    }
    organization.writeUser("Admin@" + domain, "admin");
    for (int i = 1; i <= users; i++) {
      organization.writeUser("User" + i + "@" + domain, "client");
    }
  }

  /** Makes an ordering organization with one node for each host name. */
  public void writeOrdererOrganization(String domain, List<String> hosts) {
    Path folder = ordererOrganization(domain);
    Organization organization = new Organization(folder, domain);
    for (String host : hosts) {
      organization.writeNode(folder.resolve("orderers"), host, "orderer");
    }
    organization.writeUser("Admin@" + domain, "admin");
  }

  private final class Organization {
    private final Path folder;
    private final String domain;
    private final CertificateAuthority ca;
    private final CertificateAuthority tlsCa;

    Organization(Path folder, String domain) {
      this.folder = folder;
      this.domain = domain;
      this.ca = new CertificateAuthority(domain, "ca." + domain, now);
      this.tlsCa = new CertificateAuthority(domain, "tlsca." + domain, now);
      writeAuthority("ca", ca);
      writeAuthority("tlsca", tlsCa);
      writeMsp(folder.resolve("msp"), null);
    }

    private void writeAuthority(String kind, CertificateAuthority authority) {
      write(folder.resolve(kind).resolve(certificateName(kind)), pem(authority.certificate()));
      write(folder.resolve(kind).resolve("priv_sk"), pem(authority.key()));
    }

    private String certificateName(String kind) {
      return "%s.%s-cert.pem".formatted(kind, domain);
    }

    void writeNode(Path parent, String host, String unit) {
      Path node = parent.resolve(host);
      writeMsp(node.resolve("msp"), ca.identity(host, unit));
      CertificateAuthority.Issued tls =
          tlsCa.tls(host, CertificateAuthority.localNames(host, address));
      write(node.resolve("tls/ca.crt"), pem(tlsCa.certificate()));
      write(node.resolve("tls/server.crt"), pem(tls.certificate()));
      write(node.resolve("tls/server.key"), pem(tls.key()));
    }

    void writeUser(String name, String unit) {
      Path user = folder.resolve("users").resolve(name);
      writeMsp(user.resolve("msp"), ca.identity(name, unit));
      CertificateAuthority.Issued tls =
          tlsCa.tls(name, CertificateAuthority.localNames(name, address));
      write(user.resolve("tls/ca.crt"), pem(tlsCa.certificate()));
      write(user.resolve("tls/client.crt"), pem(tls.certificate()));
      write(user.resolve("tls/client.key"), pem(tls.key()));
    }

    private void writeMsp(Path msp, CertificateAuthority.Issued signer) {
      write(msp.resolve("cacerts").resolve(certificateName("ca")), pem(ca.certificate()));
      write(msp.resolve("tlscacerts").resolve(certificateName("tlsca")), pem(tlsCa.certificate()));
      write(msp.resolve("config.yaml"), nodeOus("cacerts/" + certificateName("ca")));
      if (signer != null) {
        String name = commonName(signer.certificate()) + "-cert.pem";
        write(msp.resolve("signcerts").resolve(name), pem(signer.certificate()));
        write(msp.resolve("keystore/priv_sk"), pem(signer.key()));
      }
    }
  }

  private static String commonName(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    int start = subject.indexOf("CN=") + 3;
    int end = subject.indexOf(',', start);
    return subject.substring(start, end < 0 ? subject.length() : end);
  }

  private static String nodeOus(String certificate) {
    StringBuilder yaml = new StringBuilder("NodeOUs:\n  Enable: true\n");
    for (String unit : List.of("Client", "Peer", "Admin", "Orderer")) {
      yaml.append("  ").append(unit).append("OUIdentifier:\n");
      yaml.append("    Certificate: ").append(certificate).append('\n');
      yaml.append("    OrganizationalUnitIdentifier: ");
      yaml.append(unit.toLowerCase(java.util.Locale.ROOT)).append('\n');
    }
    return yaml.toString();
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(PrivateKey key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String type, byte[] content) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
