package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/**
 * The certificate authorities whose clients may connect when a client certificate is required. They
 * change while the server runs: each channel contributes those of its application organizations.
 * Safe for use by many threads.
 *
 * <p>Fabric: core/peer/peer.go updateTrustedRoots, internal/pkg/comm/connection.go.
 */
public final class TlsRoots {

  /**
   * @param fixedPem what the peer's own configuration adds (clientRootCAs, rootcert)
   */
  public TlsRoots(Collection<ByteString> fixedPem) {}

  /** Replaces what a channel contributes by what its current configuration says. */
  public void update(ChannelConfig config) {
    throw new IllegalStateException("being written");
  }

  /** The roots in force now. */
  public List<X509Certificate> current() {
    throw new IllegalStateException("being written");
  }
}
