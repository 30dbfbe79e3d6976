package org.blockraft.gossip;

import java.time.Duration;
import java.util.List;

/**
 * {@code peer.gossip}, as far as membership needs it.
 *
 * <p>Fabric: gossip/gossip/config.go.
 *
 * @param internalEndpoint where peers of the own organization reach this one, "host:port"
 * @param externalEndpoint where peers of others do; empty if they shall not
 * @param bootstrap peers of the own organization to get to know first
 * @param propagatePeers to how many peers news are passed on at a time
 * @param pullPeers how many peers are asked for news at a time
 * @param publishCertPeriod for how long after start the own identity goes with the signs of life
 * @param pushAckTimeout how long the word may take that private data is stored
 * @param memoryFactor how many alive expirations a dead peer is remembered
 */
public record GossipSettings(
    String internalEndpoint,
    String externalEndpoint,
    List<String> bootstrap,
    int propagatePeers,
    int pullPeers,
    Duration pullInterval,
    Duration aliveInterval,
    Duration aliveExpiration,
    Duration reconnectInterval,
    int connectionAttemptsMax,
    int memoryFactor,
    Duration publishCertPeriod,
    Duration publishStateInterval,
    Duration requestStateInterval,
    Duration trackerInterval,
    Duration dialTimeout,
    Duration connectionTimeout,
    Duration pushAckTimeout) {

  public GossipSettings {
    bootstrap = List.copyOf(bootstrap);
  }

  /** Stock's defaults. */
  public static GossipSettings defaults(String internalEndpoint, String externalEndpoint) {
    return new GossipSettings(
        internalEndpoint,
        externalEndpoint,
        List.of(),
        3,
        3,
        Duration.ofSeconds(4),
        Duration.ofSeconds(5),
        Duration.ofSeconds(25),
        Duration.ofSeconds(25),
        120,
        20,
        Duration.ofSeconds(10),
        Duration.ofSeconds(4),
        Duration.ofSeconds(4),
        Duration.ofSeconds(5),
        Duration.ofSeconds(3),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3));
  }
}
