package org.blockraft.ingress;

/**
 * {@code peer.discovery}.
 *
 * @param authCacheEnabled whether decisions about clients are remembered
 * @param authCacheMax how many
 */
public record DiscoverySettings(boolean authCacheEnabled, int authCacheMax) {
  private static final int AUTH_CACHE_MAX = 1000;

  /** Stock's defaults. */
  public static DiscoverySettings defaults() {
    return new DiscoverySettings(true, AUTH_CACHE_MAX);
  }
}
