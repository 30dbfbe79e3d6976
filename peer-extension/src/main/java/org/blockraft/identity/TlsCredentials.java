package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A TLS certificate chain and its private key.
 *
 * @param chain leaf first
 */
public record TlsCredentials(PrivateKey key, List<X509Certificate> chain) {
  public TlsCredentials {
    chain = List.copyOf(chain);
  }

  /**
   * Parses PEM (PKCS#8, PKCS#1 or SEC 1 keys).
   *
   * @throws IdentityException if there is no certificate or no key, or they do not belong together
   */
  public static TlsCredentials of(ByteString certificatesPem, ByteString keyPem) {
    throw new IllegalStateException("being written");
  }

  /** Reads PEM files. */
  public static TlsCredentials load(Path certificates, Path key) {
    throw new IllegalStateException("being written");
  }

  /** SHA-256 of the leaf's DER: what binds a signed request to this connection. */
  public ByteString leafHash() {
    throw new IllegalStateException("being written");
  }
}
