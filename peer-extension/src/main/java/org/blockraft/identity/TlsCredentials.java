package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A TLS certificate chain and its private key.
 *
 * @param chain leaf first
 */
public record TlsCredentials(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] PROBE = "one key pair".getBytes(StandardCharsets.UTF_8);

  public TlsCredentials {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IdentityException("tls: failed to find any PEM data in certificate input");
    }
  }

  /**
   * Parses PEM (PKCS#8, PKCS#1 or SEC 1 keys).
   *
   * @throws IdentityException if there is no certificate or no key, or they do not belong together
   */
  public static TlsCredentials of(ByteString certificatesPem, ByteString keyPem) {
    TlsCredentials credentials =
        new TlsCredentials(TlsPem.privateKey(keyPem), TlsPem.certificates(certificatesPem));
    if (!credentials.belongTogether()) {
      throw new IdentityException("tls: private key does not match public key");
    }
    return credentials;
  }

  /**
   * Reads PEM files.
   *
   * @throws IdentityException also if a file cannot be read
   */
  public static TlsCredentials load(Path certificates, Path key) {
    return of(read(certificates), read(key));
  }

  private static ByteString read(Path file) {
    try {
      return ByteString.copyFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new IdentityException("open %s: %s".formatted(file, e.getMessage()));
    }
  }

  /** SHA-256 of the leaf's DER: what binds a signed request to this connection. */
  public ByteString leafHash() {
    return hash(chain.getFirst());
  }

  static ByteString hash(X509Certificate certificate) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return ByteString.copyFrom(digest.digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a parsed certificate has an encoding, Java has SHA-256", e);
    }
  }

  private boolean belongTogether() {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC", "ECDSA" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(PROBE);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(chain.getFirst().getPublicKey());
      verifying.update(PROBE);
      return verifying.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
