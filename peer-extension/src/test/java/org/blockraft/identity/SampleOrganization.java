package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.hyperledger.fabric.protos.msp.FabricMSPConfig;
import org.hyperledger.fabric.protos.msp.FabricNodeOUs;
import org.hyperledger.fabric.protos.msp.FabricOUIdentifier;
import org.hyperledger.fabric.protos.msp.MSPConfig;

/** An organization made up for tests: one authority for identities and TLS, with node OUs. */
public final class SampleOrganization {
  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final String mspId;
  private final KeyPair caKeys = newKeys();
  private final X509Certificate ca;

  public SampleOrganization(String mspId) {
    this.mspId = mspId;
    this.ca = certificate("CN=ca." + mspId, caKeys, null, true);
  }

  public String mspId() {
    return mspId;
  }

  public ByteString caPem() {
    return ByteString.copyFromUtf8(pem(ca));
  }

  /** The MSP as it stands in a channel configuration. */
  public MSPConfig mspConfig() {
    FabricMSPConfig config =
        FabricMSPConfig.newBuilder()
            .setName(mspId)
            .addRootCerts(caPem())
            .addTlsRootCerts(caPem())
            .setFabricNodeOus(
                FabricNodeOUs.newBuilder()
                    .setEnable(true)
                    .setClientOuIdentifier(ou("client"))
                    .setPeerOuIdentifier(ou("peer"))
                    .setAdminOuIdentifier(ou("admin"))
                    .setOrdererOuIdentifier(ou("orderer")))
            .build();
    return MSPConfig.newBuilder().setConfig(config.toByteString()).build();
  }

  private static FabricOUIdentifier ou(String name) {
    return FabricOUIdentifier.newBuilder().setOrganizationalUnitIdentifier(name).build();
  }

  /** A member with a role ("client", "peer", "admin", "orderer"), loaded from an MSP folder. */
  public LocalMsp member(Path dir, String name, String role) {
    KeyPair keys = newKeys();
    X509Certificate certificate =
        certificate("CN=%s,OU=%s".formatted(name, role), keys, caKeys, false);
    try {
      write(dir.resolve("cacerts/ca.pem"), pem(ca));
      write(dir.resolve("tlscacerts/ca.pem"), pem(ca));
      write(dir.resolve("signcerts/cert.pem"), pem(certificate));
      write(dir.resolve("keystore/key_sk"), pem(keys.getPrivate()));
      write(dir.resolve("config.yaml"), nodeOus());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return LocalMsp.load(dir, mspId, Instant::now);
  }

  /** TLS credentials for localhost, for servers and clients. */
  public TlsCredentials tls(String name) {
    KeyPair keys = newKeys();
    X509Certificate leaf = certificate("CN=" + name, keys, caKeys, false);
    return TlsCredentials.of(
        ByteString.copyFromUtf8(pem(leaf)), ByteString.copyFromUtf8(pem(keys.getPrivate())));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String nodeOus() {
    StringBuilder yaml = new StringBuilder("NodeOUs:\n  Enable: true\n");
    for (String role : new String[] {"Client", "Peer", "Admin", "Orderer"}) {
      yaml.append(
          "  %sOUIdentifier:\n    OrganizationalUnitIdentifier: %s\n"
              .formatted(role, role.toLowerCase(java.util.Locale.ROOT)));
    }
    return yaml.toString();
  }

  private X509Certificate certificate(
      String subject, KeyPair keys, KeyPair issuer, boolean authority) {
    try {
      Instant now = Instant.now();
      X500Name issuerName = new X500Name("CN=ca." + mspId);
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuerName,
              BigInteger.valueOf(SERIAL.getAndIncrement()),
              Date.from(now.minusSeconds(300)),
              Date.from(now.plusSeconds(86_400)),
              new X500Name(subject),
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(
              authority
                  ? KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature
                  : KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(keys.getPublic()));
      if (!authority) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth}));
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.dNSName, "localhost"),
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                }));
      }
      PrivateKey signing = (issuer == null ? keys : issuer).getPrivate();
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing)));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(Object what) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(what instanceof PrivateKey key ? new JcaPKCS8Generator(key, null) : what);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
