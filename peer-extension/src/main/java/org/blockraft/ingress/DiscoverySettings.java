package org.blockraft.ingress;

/**
 * {@code peer.discovery}.
 *
 * @param tls whether clients must bind their requests to a TLS certificate
 * @param authCacheEnabled whether decisions about clients are remembered
 * @param authCacheMax how many
 */
public record DiscoverySettings(boolean tls, boolean authCacheEnabled, int authCacheMax) {
  private static final int AUTH_CACHE_MAX = 1000;

  /** Stock's defaults. */
  public static DiscoverySettings defaults(boolean tls) {
    return new DiscoverySettings(tls, true, AUTH_CACHE_MAX);
  }
}
