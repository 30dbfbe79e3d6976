package org.blockraft.testnet;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A self-signed P-256 certificate authority that issues what cryptogen issues: same subjects, key
 * usages, key identifiers (SHA-256 of the point) and ten years of validity.
 */
final class CertificateAuthority {
  private static final Duration VALIDITY = Duration.ofDays(3650);

  /** Clocks of other processes may be a little behind: cryptogen back-dates as much. */
  private static final Duration BACKDATING = Duration.ofMinutes(5);

  private static final int SERIAL_BITS = 128;
  private static final String PLACE = "C=US,ST=California,L=San Francisco";

  /** A certificate with its private key. */
  record Issued(X509Certificate certificate, PrivateKey key) {}

  private final SecureRandom random = new SecureRandom();
  private final X500Name name;
  private final KeyPair keys;
  private final X509Certificate certificate;
  private final Instant now;

  CertificateAuthority(String organization, String commonName, Instant now) {
    this.now = now;
    this.name = new X500Name("%s,O=%s,CN=%s".formatted(PLACE, organization, commonName));
    this.keys = newKeys();
    try {
      int usages =
          KeyUsage.digitalSignature
              | KeyUsage.keyEncipherment
              | KeyUsage.keyCertSign
              | KeyUsage.cRLSign;
      X509v3CertificateBuilder builder = builder(name, keys);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usages));
      builder.addExtension(Extension.extendedKeyUsage, false, bothTlsUsages());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdentifier(keys)));
      this.certificate = sign(builder);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  X509Certificate certificate() {
    return certificate;
  }

  PrivateKey key() {
    return keys.getPrivate();
  }

  /** An identity certificate with the given organizational unit (peer, client, admin, orderer). */
  Issued identity(String commonName, String organizationalUnit) {
    try {
      KeyPair leaf = newKeys();
      X500Name subject =
          new X500Name("%s,OU=%s,CN=%s".formatted(PLACE, organizationalUnit, commonName));
      X509v3CertificateBuilder builder = builder(subject, leaf);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      return new Issued(sign(withAuthority(builder)), leaf.getPrivate());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A TLS certificate for servers and clients that is valid for the names and addresses. */
  Issued tls(String commonName, List<String> hosts) {
    try {
      KeyPair leaf = newKeys();
      X509v3CertificateBuilder builder = builder(new X500Name(PLACE + ",CN=" + commonName), leaf);
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
      builder.addExtension(Extension.extendedKeyUsage, false, bothTlsUsages());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      List<GeneralName> names = new ArrayList<>();
      for (String host : hosts) {
        boolean address = host.matches("[0-9.]+");
        names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
      }
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(new GeneralName[0])));
      return new Issued(sign(withAuthority(builder)), leaf.getPrivate());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The names that a TLS certificate of a host on this machine needs; it may have one more. */
  static List<String> localNames(String host, String address) {
    int dot = host.indexOf('.');
    return List.of(
        host,
        dot < 0 ? host : host.substring(0, dot),
        "localhost",
        InetAddress.getLoopbackAddress().getHostAddress(),
        address);
  }

  private X509v3CertificateBuilder withAuthority(X509v3CertificateBuilder builder)
      throws IOException {
    return builder.addExtension(
        Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifier(keys)));
  }

  private X509v3CertificateBuilder builder(X500Name subject, KeyPair subjectKeys) {
    return new X509v3CertificateBuilder(
        name,
        new BigInteger(SERIAL_BITS, random),
        Date.from(now.minus(BACKDATING)),
        Date.from(now.plus(VALIDITY)),
        subject,
        SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded()));
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) {
    try {
      // Fabric wants low-S signatures; it accepts others in certificates but rewrites them.
      while (true) {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        var signed = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        if (LowS.holds(signed.getSignature())) {
          return signed;
        }
      }
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ExtendedKeyUsage bothTlsUsages() {
    return new ExtendedKeyUsage(
        new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth});
  }

  private KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] keyIdentifier(KeyPair keys) {
    try {
      byte[] point =
          SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())
              .getPublicKeyData()
              .getBytes();
      return MessageDigest.getInstance("SHA-256").digest(point);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
