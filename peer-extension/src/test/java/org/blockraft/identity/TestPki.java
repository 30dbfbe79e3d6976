package org.blockraft.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes keys and certificates for tests, in the manner of cryptogen. Everything is valid for ten
 * years from yesterday.
 */
public final class TestPki {
  /** A key pair and its certificate. */
  public record Credential(KeyPair keys, X509Certificate certificate) {

    /** The certificate in PEM form. */
    public byte[] pem() {
      return Pem.encode("CERTIFICATE", der());
    }

    /** The certificate in DER form. */
    public byte[] der() {
      try {
        return certificate.getEncoded();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The private key in PEM form (PKCS 8). */
    public byte[] keyPem() {
      return Pem.encode("PRIVATE KEY", keys.getPrivate().getEncoded());
    }
  }

  /** What a certificate shall say; the defaults are those of a plain member. */
  public static final class Request {
    private final String subject;
    private boolean authority;
    private boolean keyIdentifier = true;
    private String curve = "secp256r1";
    private KeyPair keys;
    private List<KeyPurposeId> purposes = List.of();
    private List<String> dnsNames = List.of();
    private Instant notBefore = Instant.now().minus(Duration.ofDays(1));
    private Instant notAfter = notBefore.plus(Duration.ofDays(3650));

    private Request(String subject) {
      this.subject = subject;
    }

    public Request authority() {
      authority = true;
      return this;
    }

    public Request withoutKeyIdentifier() {
      keyIdentifier = false;
      return this;
    }

    public Request curve(String name) {
      curve = name;
      return this;
    }

    public Request keys(KeyPair pair) {
      keys = pair;
      return this;
    }

    public Request purposes(KeyPurposeId... ids) {
      purposes = List.of(ids);
      return this;
    }

    public Request dnsNames(String... names) {
      dnsNames = List.of(names);
      return this;
    }

    public Request validity(Instant from, Instant to) {
      notBefore = from;
      notAfter = to;
      return this;
    }
  }

  private static final class Serials {
    private static final AtomicLong NEXT = new AtomicLong(1000);
  }

  private TestPki() {}

  /** Starts a request; the subject is in RFC 4514 form, for example {@code CN=x,OU=client}. */
  public static Request request(String subject) {
    return new Request(subject);
  }

  /** A key pair of a curve, or {@code Ed25519}. */
  public static KeyPair keyPair(String curve) {
    try {
      if (curve.equals("Ed25519")) {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      }
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate signed by its own key. */
  public static Credential selfSigned(Request request) {
    return issue(request, null);
  }

  /** A certificate signed by an authority; null for one signed by its own key. */
  public static Credential issue(Request request, Credential issuer) {
    KeyPair keys = request.keys == null ? keyPair(request.curve) : request.keys;
    try {
      X500Name subject = new X500Name(request.subject);
      X500Name issuerName =
          issuer == null
              ? subject
              : X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuerName,
              BigInteger.valueOf(Serials.NEXT.getAndIncrement()),
              Date.from(request.notBefore),
              Date.from(request.notAfter),
              subject,
              keys.getPublic());
      addExtensions(builder, request, keys, issuer == null ? keys : issuer.keys());
      KeyPair signing = issuer == null ? keys : issuer.keys();
      String algorithm =
          signing.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "Ed25519";
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder(algorithm).build(signing.getPrivate())));
      return new Credential(keys, certificate);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addExtensions(
      X509v3CertificateBuilder builder, Request request, KeyPair keys, KeyPair issuer)
      throws IOException, GeneralSecurityException {
    JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
    int usage =
        request.authority
            ? KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign
            : KeyUsage.digitalSignature;
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(request.authority));
    if (request.keyIdentifier) {
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          utils.createSubjectKeyIdentifier(keys.getPublic()));
    }
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        utils.createAuthorityKeyIdentifier(issuer.getPublic()));
    if (!request.purposes.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(request.purposes.toArray(KeyPurposeId[]::new)));
    }
    if (!request.dnsNames.isEmpty()) {
      List<GeneralName> names = new ArrayList<>();
      for (String name : request.dnsNames) {
        boolean address = name.matches("[0-9.]+");
        names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name));
      }
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
  }
}
