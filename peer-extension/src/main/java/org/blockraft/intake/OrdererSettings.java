package org.blockraft.intake;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.identity.TlsCredentials;

/**
 * How to talk to orderers ({@code peer.deliveryclient}, {@code peer.keepalive.deliveryClient},
 * {@code peer.tls}).
 *
 * @param tls whether connections are TLS
 * @param clientCredentials offered to orderers that ask for a client certificate
 * @param connectTimeout {@code connTimeout}
 * @param reconnectBackoffMax {@code reConnectBackoffThreshold}: the longest pause between tries
 * @param reconnectTotalMax {@code reconnectTotalTimeThreshold}: a leader that is not static gives
 *     up after this
 * @param staticLeader whether this peer always pulls blocks itself and so never gives up
 * @param keepaliveInterval idle time before a ping
 * @param keepaliveTimeout time for its answer
 * @param stallTimeout {@code blockCensorshipTimeoutKey}: with BFT ordering, how long to stay with a
 *     source that sends nothing
 * @param addressOverrides by address in the channel configuration
 */
public record OrdererSettings(
    boolean tls,
    Optional<TlsCredentials> clientCredentials,
    Duration connectTimeout,
    Duration reconnectBackoffMax,
    Duration reconnectTotalMax,
    boolean staticLeader,
    Duration keepaliveInterval,
    Duration keepaliveTimeout,
    Duration stallTimeout,
    Map<String, AddressOverride> addressOverrides) {

  /** One of {@code addressOverrides}: where to connect instead, trusting these PEM certificates. */
  public record AddressOverride(String to, List<ByteString> tlsRoots) {
    public AddressOverride {
      tlsRoots = List.copyOf(tlsRoots);
    }
  }

  public OrdererSettings {
    addressOverrides = Map.copyOf(addressOverrides);
  }

  /** Fabric's defaults. */
  public static OrdererSettings defaults(boolean tls, Optional<TlsCredentials> clientCredentials) {
    return new OrdererSettings(
        tls,
        clientCredentials,
        Duration.ofSeconds(3),
        Duration.ofHours(1),
        Duration.ofHours(1),
        true,
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        Duration.ofSeconds(30),
        Map.of());
  }
}
