package org.blockraft.coordination;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Files in PEM for TLS to etcd, read when the node starts.
 *
 * @param rootCertificates whom to trust
 * @param certificate to present, if etcd asks for one
 * @param key of the certificate, PKCS 8 and not encrypted
 */
public record EtcdTls(Path rootCertificates, Optional<Path> certificate, Optional<Path> key) {

  public EtcdTls {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a certificate for etcd needs its key, and vice versa");
    }
  }
}
