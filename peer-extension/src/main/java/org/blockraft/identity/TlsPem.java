package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Certificates and keys of TLS in PEM, as they come in files and in MSPs. */
final class TlsPem {
  private TlsPem() {}

  /** The certificates of a PEM text, in order; anything else in it is skipped. */
  static List<X509Certificate> certificates(ByteString pem) {
    List<X509Certificate> certificates = new ArrayList<>();
    try (PEMParser parser = parser(pem)) {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (found instanceof X509CertificateHolder holder) {
          certificates.add(
              (X509Certificate)
                  factory.generateCertificate(new ByteArrayInputStream(holder.getEncoded())));
        }
      }
    } catch (IOException | CertificateException e) {
      throw new IdentityException("failed to parse TLS certificate: " + e.getMessage());
    }
    return certificates;
  }

  /** The first private key of a PEM text: PKCS#8, PKCS#1 or SEC 1. */
  static PrivateKey privateKey(ByteString pem) {
    try (PEMParser parser = parser(pem)) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (found instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
        if (found instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
      }
    } catch (IOException e) {
      throw new IdentityException("tls: failed to parse private key: " + e.getMessage());
    }
    throw new IdentityException("tls: failed to find any PEM data in key input");
  }

  private static PEMParser parser(ByteString pem) {
    return new PEMParser(new InputStreamReader(pem.newInput(), StandardCharsets.US_ASCII));
  }
}
