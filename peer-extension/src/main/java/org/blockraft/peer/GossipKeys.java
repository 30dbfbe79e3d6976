package org.blockraft.peer;

import java.time.Duration;
import org.blockraft.gossip.GossipSettings;

/** Reads {@code peer.gossip} (Fabric {@code gossip/gossip/config.go}). */
final class GossipKeys {
  private GossipKeys() {}

  /**
   * @param address where others reach this peer, unless the keys say otherwise
   */
  static GossipSettings read(CoreYaml yaml, String address) {
    String endpoint = yaml.text("peer.gossip.endpoint", "");
    Duration alive = yaml.duration("peer.gossip.aliveTimeInterval", Duration.ofSeconds(5));
    Duration expiration =
        yaml.duration("peer.gossip.aliveExpirationTimeout", alive.multipliedBy(5));
    Duration seconds = Duration.ofSeconds(4);
    return new GossipSettings(
        endpoint.isEmpty() ? address : endpoint,
        yaml.text("peer.gossip.externalEndpoint", ""),
        yaml.texts("peer.gossip.bootstrap"),
        yaml.integer("peer.gossip.propagatePeerNum", 3),
        yaml.integer("peer.gossip.pullPeerNum", 3),
        yaml.duration("peer.gossip.pullInterval", seconds),
        alive,
        expiration,
        yaml.duration("peer.gossip.reconnectInterval", expiration),
        yaml.integer("peer.gossip.maxConnectionAttempts", 120),
        yaml.integer("peer.gossip.msgExpirationFactor", 20),
        yaml.duration("peer.gossip.publishCertPeriod", Duration.ofSeconds(10)),
        yaml.duration("peer.gossip.publishStateInfoInterval", seconds),
        yaml.duration("peer.gossip.requestStateInfoInterval", seconds),
        yaml.duration("peer.gossip.membershipTrackerInterval", Duration.ofSeconds(5)),
        yaml.duration("peer.gossip.dialTimeout", Duration.ofSeconds(3)),
        yaml.duration("peer.gossip.connTimeout", Duration.ofSeconds(2)),
        yaml.duration("peer.gossip.pvtData.pushAckTimeout", Duration.ofSeconds(3)));
  }
}
