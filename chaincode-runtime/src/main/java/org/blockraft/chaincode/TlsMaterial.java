package org.blockraft.chaincode;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Reads PEM texts as Go does, whatever label a key has, and makes TLS contexts of them. */
final class TlsMaterial {
  private TlsMaterial() {}

  /** The context of a connection to a chaincode server; throws with stock's text. */
  static SslContext clientContext(ChaincodeServerInfo.Tls tls) {
    try {
      List<X509Certificate> roots = certificates(tls.rootCertificate());
      if (roots.isEmpty()) {
        throw new ChaincodeException("error adding root certificate");
      }
      SslContextBuilder context = GrpcSslContexts.forClient().trustManager(roots);
      if (tls.clientCertificate() != null) {
        context.keyManager(clientKey(tls), clientChain(tls));
      }
      return context.protocols("TLSv1.2", "TLSv1.3").build();
    } catch (SSLException e) {
      throw new ChaincodeException(e.getMessage(), e);
    }
  }

  /** All certificates of a PEM text; empty if there are none. */
  static List<X509Certificate> certificates(String pem) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return factory
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (CertificateException e) {
      return List.of();
    }
  }

  /** The private key of a PEM text: PKCS 8 under any label, SEC 1, or PKCS 1. */
  static PrivateKey privateKey(String pem) {
    try {
      PrivateKeyInfo info = keyInfo(pem);
      String algorithm =
          info.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
              ? "EC"
              : "RSA";
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new ChaincodeException("tls: failed to parse private key", e);
    }
  }

  private static PrivateKeyInfo keyInfo(String pem) throws IOException {
    try (PemReader reader = new PemReader(new StringReader(pem))) {
      for (PemObject object = reader.readPemObject();
          object != null;
          object = reader.readPemObject()) {
        if (object.getType().endsWith("PRIVATE KEY")) {
          try {
            return PrivateKeyInfo.getInstance(object.getContent());
          } catch (IllegalArgumentException e) {
            break; // not PKCS 8: the label says what it is
          }
        }
      }
    }
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        if (object instanceof PEMKeyPair pair) {
          return pair.getPrivateKeyInfo();
        }
      }
    }
    throw new IOException("no private key");
  }

  private static PrivateKey clientKey(ChaincodeServerInfo.Tls tls) {
    try {
      return privateKey(tls.clientKey());
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap(
          "failed to load client certificate: failed to create key pair", e);
    }
  }

  private static List<X509Certificate> clientChain(ChaincodeServerInfo.Tls tls) {
    List<X509Certificate> chain = certificates(tls.clientCertificate());
    if (chain.isEmpty()) {
      throw new ChaincodeException(
          "failed to load client certificate: failed to create key pair: tls: failed to find any"
              + " PEM data in certificate input");
    }
    return chain;
  }
}
