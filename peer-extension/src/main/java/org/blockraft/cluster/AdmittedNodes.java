package org.blockraft.cluster;

import java.security.PublicKey;
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
  private final Set<PublicKey> keys = new HashSet<>();
  private final Set<X509Certificate> certificates;

  private AdmittedNodes(Collection<PublicKey> keys, Collection<X509Certificate> certificates) {
    this.keys.addAll(keys);
    this.certificates = Set.copyOf(certificates);
  }

  /** Nodes that hold the same key as this one. */
  public static AdmittedNodes sameKey(TlsCredentials own) {
    return new AdmittedNodes(Set.of(own.chain().getFirst().getPublicKey()), Set.of());
  }

  /** These and nodes with one of the certificates. */
  public AdmittedNodes or(Collection<X509Certificate> others) {
    Set<X509Certificate> all = new HashSet<>(certificates);
    all.addAll(others);
    return new AdmittedNodes(keys, all);
  }

  /** Without TLS there is nothing to prove; for development on one machine only. */
  public static AdmittedNodes anyone() {
    return new AdmittedNodes(Set.of(), Set.of());
  }

  /** Whether the holder of a certificate's key is admitted. */
  public boolean admits(X509Certificate leaf) {
    return keys.contains(leaf.getPublicKey()) || certificates.contains(leaf);
  }
}
