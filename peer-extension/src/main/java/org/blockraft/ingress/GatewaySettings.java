package org.blockraft.ingress;

import java.time.Duration;

/**
 * {@code peer.gateway}.
 *
 * @param endorsementTimeout for one endorser
 * @param broadcastTimeout for one orderer
 * @param strictStatusRequests whether a CommitStatus request without identity, channel or
 *     transaction is an invalid argument, as from v3 on
 */
public record GatewaySettings(
    Duration endorsementTimeout, Duration broadcastTimeout, boolean strictStatusRequests) {
  /** The values of stock's sample core.yaml. */
  public static GatewaySettings defaults() {
    return new GatewaySettings(Duration.ofSeconds(30), Duration.ofSeconds(30), false);
  }
}
