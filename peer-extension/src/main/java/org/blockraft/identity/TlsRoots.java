package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate authorities whose clients may connect when a client certificate is required. They
 * change while the server runs: each channel contributes those of its application organizations.
 * Safe for use by many threads.
 *
 * <p>Fabric: core/peer/peer.go updateTrustedRoots, internal/pkg/comm/connection.go.
 */
public final class TlsRoots {
  private static final Logger log = LoggerFactory.getLogger(TlsRoots.class);

  private final Set<X509Certificate> fixed = new LinkedHashSet<>();
  private final Map<String, Set<X509Certificate>> byChannel = new HashMap<>();
  private volatile List<X509Certificate> current;

  /**
   * @param fixedPem what the peer's own configuration adds (clientRootCAs, rootcert)
   * @throws IdentityException if one is not a certificate
   */
  public TlsRoots(Collection<ByteString> fixedPem) {
    fixedPem.forEach(pem -> fixed.addAll(TlsPem.certificates(pem)));
    current = List.copyOf(fixed);
  }

  /** Replaces what a channel contributes by what its current configuration says. */
  public synchronized void update(ChannelConfig config) {
    Set<X509Certificate> roots = new LinkedHashSet<>();
    for (ApplicationOrg org : config.applicationOrgs().values()) {
      addAll(roots, config, org.msp().tlsRootCerts());
      addAll(roots, config, org.msp().tlsIntermediateCerts());
    }
    byChannel.put(config.channelId(), roots);
    Set<X509Certificate> all = new LinkedHashSet<>(fixed);
    byChannel.values().forEach(all::addAll);
    current = List.copyOf(all);
  }

  private static void addAll(
      Set<X509Certificate> roots, ChannelConfig config, List<ByteString> pems) {
    for (ByteString pem : pems) {
      try {
        roots.addAll(TlsPem.certificates(pem));
      } catch (IdentityException e) {
        log.warn(
            "Failed to update trusted roots from latest config block. This peer may not be able to"
                + " communicate with members of channel {} ({})",
            config.channelId(),
            e.getMessage());
      }
    }
  }

  /** The roots in force now. */
  public List<X509Certificate> current() {
    return current;
  }
}
