package org.blockraft.coordination;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of an authority, of a server on loopback, and of a client, in a folder. */
final class TlsFiles {
  private final KeyPairGenerator generator;
  private final KeyPair authorityKeys;
  private final X509Certificate authority;
  private int serial;

  private TlsFiles() throws GeneralSecurityException, IOException, OperatorCreationException {
    generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    authorityKeys = generator.generateKeyPair();
    authority = certificate("authority", authorityKeys, true);
  }

  /** Writes ca.pem, server.pem, server.key, client.pem and client.key. */
  static void write(Path folder) {
    try {
      TlsFiles files = new TlsFiles();
      Files.writeString(folder.resolve("ca.pem"), pem(files.authority));
      for (String name : new String[] {"server", "client"}) {
        KeyPair keys = files.generator.generateKeyPair();
        Files.writeString(folder.resolve(name + ".pem"), pem(files.certificate(name, keys, false)));
        Files.writeString(
            folder.resolve(name + ".key"), pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
      }
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make certificates", e);
    }
  }

  private X509Certificate certificate(String name, KeyPair keys, boolean isAuthority)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    Instant now = InstantSource.system().instant();
    serial++;
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=authority"),
            BigInteger.valueOf(serial),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofHours(1))),
            new X500Name("CN=" + name),
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate())));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
