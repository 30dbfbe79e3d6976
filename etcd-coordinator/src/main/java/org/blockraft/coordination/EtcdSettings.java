package org.blockraft.coordination;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where etcd is and how patient to be with it.
 *
 * @param endpoints host:port each; tried in turn
 * @param prefix of all keys of this cluster, e.g. {@code /blockraft/org1peer0}; two clusters on one
 *     etcd differ in it
 * @param leaseTtl how long a silent node stays a member, whole seconds
 * @param requestTimeout for one request to etcd
 * @param resignPause how long a node that gave leadership away does not seek it
 * @param tls none: plain text
 * @param user none: no authentication
 */
public record EtcdSettings(
    List<String> endpoints,
    String prefix,
    Duration leaseTtl,
    Duration requestTimeout,
    Duration resignPause,
    Optional<EtcdTls> tls,
    Optional<EtcdUser> user) {

  /** A backstop: dead leaders are deposed by their peers much sooner. */
  public static final Duration LEASE_TTL = Duration.ofSeconds(5);

  /** etcd rounds a lease up to 1.5 election timeouts, which are 1 s by default. */
  public static final Duration LEASE_TTL_MIN = Duration.ofSeconds(2);

  /** Answers come in milliseconds; a second covers a slow disk of etcd. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

  /** Long enough for any other candidate to win. */
  public static final Duration RESIGN_PAUSE = Duration.ofSeconds(2);

  /** Several keep-alives fit into a lease, so that one lost one ends nothing. */
  private static final int KEEP_ALIVES_PER_LEASE = 5;

  public EtcdSettings {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no etcd endpoint");
    }
    if (!prefix.startsWith("/") || prefix.endsWith("/") || prefix.contains("//")) {
      throw new IllegalArgumentException("not a prefix of etcd keys: '" + prefix + "'");
    }
    if (leaseTtl.compareTo(LEASE_TTL_MIN) < 0 || leaseTtl.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "the lease is whole seconds, at least " + LEASE_TTL_MIN + ": " + leaseTtl);
    }
    if (requestTimeout.isNegative()
        || requestTimeout.isZero()
        || requestTimeout.compareTo(leaseTtl.dividedBy(2)) > 0) {
      throw new IllegalArgumentException(
          "a request must end within half a lease: " + requestTimeout);
    }
  }

  /** Defaults for a cluster of this name. */
  public static EtcdSettings of(List<String> endpoints, String cluster) {
    return new EtcdSettings(
        endpoints,
        "/blockraft/" + cluster,
        LEASE_TTL,
        REQUEST_TIMEOUT,
        RESIGN_PAUSE,
        Optional.empty(),
        Optional.empty());
  }

  /** The same with another lease. */
  public EtcdSettings withLeaseTtl(Duration ttl) {
    return new EtcdSettings(endpoints, prefix, ttl, requestTimeout, resignPause, tls, user);
  }

  /** The same over TLS. */
  public EtcdSettings withTls(EtcdTls files) {
    return new EtcdSettings(
        endpoints, prefix, leaseTtl, requestTimeout, resignPause, Optional.of(files), user);
  }

  /** The same with authentication. */
  public EtcdSettings withUser(EtcdUser etcdUser) {
    return new EtcdSettings(
        endpoints, prefix, leaseTtl, requestTimeout, resignPause, tls, Optional.of(etcdUser));
  }

  Duration keepAliveInterval() {
    return leaseTtl.dividedBy(KEEP_ALIVES_PER_LEASE);
  }

  /** Subtracted from each lease deadline: clocks of two machines may differ in rate. */
  Duration leaseMargin() {
    return leaseTtl.dividedBy(10);
  }
}
