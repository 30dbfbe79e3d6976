package org.blockraft.operations;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * TLS of the operations server. A client certificate that is offered must be of one of the client
 * authorities; whether one must be offered at all is {@code clientCertRequired}.
 *
 * <p>Fabric source: common/fabhttp/tls.go.
 */
public record OperationsTls(SSLContext context, boolean clientCertRequired) {
  /**
   * Reads PEM files.
   *
   * @throws IOException when a file cannot be read
   * @throws GeneralSecurityException when what a file holds cannot be used
   */
  public static OperationsTls load(
      Path certificate, Path key, boolean clientCertRequired, List<Path> clientRootCas)
      throws IOException, GeneralSecurityException {
    char[] password = new char[0];
    KeyStore keys = emptyStore();
    Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
    keys.setKeyEntry("server", privateKey(key), password, chain);
    KeyManagerFactory keyManagers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, password);
    List<Certificate> authorities = new ArrayList<>();
    for (Path file : clientRootCas) {
      authorities.addAll(certificates(file));
    }
    if (authorities.isEmpty()) {
      // An empty store cannot make a trust manager; our own certificate, an end entity, vouches for
      // nobody.
      authorities.add(chain[0]);
    }
    KeyStore trust = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      trust.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory trustManagers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return new OperationsTls(context, clientCertRequired);
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    // In memory only, and unlike PKCS12 quick to put a key in and to take it out.
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object item = parser.readObject(); item != null; item = parser.readObject()) {
        if (item instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (item instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    }
    throw new IOException("no private key in " + file);
  }
}
