package org.blockraft.cluster;

import com.google.protobuf.ByteString;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.blockraft.identity.TlsCredentials;

/**
 * Whose certificates prove a node of this cluster: one with the public key of our own, or one of a
 * configured list. Names, authorities and dates in certificates do not matter: a stolen key is shut
 * out by another key, and a date that passes does not take a cluster apart.
 */
public final class AdmittedNodes {
  private final Set<ByteString> keys;
  private final Set<ByteString> certificates;

  private AdmittedNodes(Set<ByteString> keys, Set<ByteString> certificates) {
    this.keys = Set.copyOf(keys);
    this.certificates = Set.copyOf(certificates);
  }

  /** Nodes that hold the same key as this one. */
  public static AdmittedNodes sameKey(TlsCredentials own) {
    return new AdmittedNodes(Set.of(key(own.chain().getFirst())), Set.of());
  }

  /** These and nodes with one of the certificates. */
  public AdmittedNodes or(Collection<X509Certificate> others) {
    Set<ByteString> all = new HashSet<>(certificates);
    others.forEach(other -> all.add(encoded(other)));
    return new AdmittedNodes(keys, all);
  }

  /** Without TLS there is nothing to prove; for development on one machine only. */
  public static AdmittedNodes anyone() {
    return new AdmittedNodes(Set.of(), Set.of());
  }

  /** Whether the holder of a certificate's key is admitted. */
  public boolean admits(X509Certificate leaf) {
    return keys.contains(key(leaf)) || certificates.contains(encoded(leaf));
  }

  private static ByteString key(X509Certificate certificate) {
    return ByteString.copyFrom(certificate.getPublicKey().getEncoded());
  }

  private static ByteString encoded(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has an encoding", e);
    }
  }
}
