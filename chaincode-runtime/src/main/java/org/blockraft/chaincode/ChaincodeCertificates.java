package org.blockraft.chaincode;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
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
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of the listener that chaincode dials: a CA that lives as long as this process, a
 * server certificate, and one client certificate for each launch, which only the chaincode it was
 * made for may register with. Thread-safe. Fabric: common/crypto/tlsgen,
 * core/chaincode/accesscontrol.
 */
public final class ChaincodeCertificates {
  private static final Logger log = LoggerFactory.getLogger("chaincode.accesscontrol");
  private static final Duration BACKDATED = Duration.ofHours(24);
  private static final Duration CLIENT_VALIDITY = Duration.ofHours(24);
  private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
  private static final Duration REGISTRATION_WINDOW = Duration.ofMinutes(10); // stock's ttl
  private static final int SERIAL_BITS = 128;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Issued authority;
  private final Map<String, Expected> expected = new LinkedHashMap<>(); // guarded by itself

  /** A certificate with its key. */
  private record Issued(X509Certificate certificate, PrivateKey key) {}

  /** Who may use a client certificate, and until when. */
  private record Expected(String packageId, Instant until) {}

  /**
   * TLS material of the listener, in PEM; the key is PKCS 8.
   *
   * @param certificate the server's certificate
   * @param key its key
   * @param clientRoot the only CA whose client certificates are accepted
   */
  public record ServerMaterial(String certificate, String key, String clientRoot) {}

  /** A new CA. */
  public ChaincodeCertificates(InstantSource clock) {
    this.clock = clock;
    this.authority = issue(null, AUTHORITY_VALIDITY, true, null);
  }

  /** A server certificate for the host name or address that chaincode dials. */
  public ServerMaterial server(String host) {
    Issued server = issue(authority, AUTHORITY_VALIDITY, false, host);
    return new ServerMaterial(
        certificatePem(server), keyPem("PRIVATE KEY", server), certificatePem(authority));
  }

  /** What a chaincode about to be launched needs to dial the peer. */
  PeerConnection connection(String packageId, String address) {
    Issued client = issue(authority, CLIENT_VALIDITY, false, null);
    Instant now = clock.instant();
    synchronized (expected) {
      expected.values().removeIf(entry -> entry.until().isBefore(now));
      expected.put(
          hash(client.certificate()), new Expected(packageId, now.plus(REGISTRATION_WINDOW)));
    }
    // Stock puts a PKCS 8 key under this label, and the shims take it.
    return new PeerConnection(
        address,
        certificatePem(client),
        keyPem("EC PRIVATE KEY", client),
        certificatePem(authority));
  }

  /**
   * Checks the first message of a stream; throws with stock's text.
   *
   * @param presented the client's certificate; null if it had none
   */
  void authenticate(ChaincodeMessage first, Certificate presented) {
    if (first.getType() != ChaincodeMessage.Type.REGISTER) {
      throw refused("First message needs to be a register");
    }
    String name;
    try {
      name = ChaincodeID.parseFrom(first.getPayload()).getName();
    } catch (InvalidProtocolBufferException e) {
      throw refused("proto: cannot parse invalid wire-format data");
    }
    if (presented == null) {
      throw refused("TLS is active but chaincode " + name + " didn't send certificate");
    }
    String hash = hash(presented);
    Expected owner;
    synchronized (expected) {
      owner = expected.get(hash);
    }
    if (owner == null || owner.until().isBefore(clock.instant())) {
      throw refused(
          "Chaincode "
              + name
              + " with given certificate hash "
              + goBytes(hash)
              + " not found in registry");
    }
    if (!owner.packageId().equals(name)) {
      throw refused(
          "Chaincode "
              + name
              + " with given certificate hash "
              + goBytes(hash)
              + " belongs to a different chaincode");
    }
  }

  private static ChaincodeException refused(String text) {
    log.warn("{}", text);
    return new ChaincodeException(text);
  }

  private Issued issue(Issued issuer, Duration validity, boolean isAuthority, String host) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair keys = generator.generateKeyPair();
      BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(0);
      X500Name subject = new X500Name("SERIALNUMBER=" + serial);
      Instant now = clock.instant();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer == null
                  ? subject
                  : X500Name.getInstance(
                      issuer.certificate().getSubjectX500Principal().getEncoded()),
              serial,
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(validity)),
              subject,
              keys.getPublic());
      addExtensions(builder, isAuthority, host);
      if (isAuthority) {
        builder.addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      }
      PrivateKey signer = issuer == null ? keys.getPrivate() : issuer.key();
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
      return new Issued(certificate, keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new ChaincodeException("failed to generate TLS certificates: " + e.getMessage(), e);
    }
  }

  private static void addExtensions(
      X509v3CertificateBuilder builder, boolean isAuthority, String host) throws IOException {
    int usage = KeyUsage.keyEncipherment | KeyUsage.digitalSignature;
    if (isAuthority) {
      usage |= KeyUsage.keyCertSign | KeyUsage.cRLSign;
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    }
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    KeyPurposeId[] purposes =
        isAuthority || host != null
            ? new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth}
            : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    if (host != null) {
      boolean address = host.contains(":") || host.matches("[0-9.]+");
      int kind = address ? GeneralName.iPAddress : GeneralName.dNSName;
      builder.addExtension(
          Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(kind, host)));
    }
  }

  private static String certificatePem(Issued issued) {
    try {
      return pem("CERTIFICATE", issued.certificate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String keyPem(String label, Issued issued) {
    return pem(label, issued.key().getEncoded());
  }

  private static String pem(String label, byte[] content) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(label, content));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  private static String hash(Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A hash as Go prints bytes: [1 2 255]. */
  private static String goBytes(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    int[] unsigned = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      unsigned[i] = bytes[i] & 0xff;
    }
    return Arrays.toString(unsigned).replace(",", "");
  }
}
