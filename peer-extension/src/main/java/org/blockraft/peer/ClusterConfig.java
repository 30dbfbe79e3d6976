package org.blockraft.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.blockraft.cluster.LinkLimits;
import org.blockraft.coordination.EtcdSettings;
import org.blockraft.coordination.EtcdTls;
import org.blockraft.coordination.EtcdUser;

/**
 * {@code blockraft.cluster}: what a node needs to be one of several.
 *
 * @param name of the cluster; the same on all nodes
 * @param node name of this one; another on each
 * @param listenAddress where the other nodes dial, {@code host:port}
 * @param address what the other nodes are told to dial
 * @param silenceMax a node that sends nothing for longer is taken for lost
 * @param insecure whether links go without TLS when the peer has none
 * @param certificate of this node for the links; empty: the peer's TLS certificate
 * @param admitted certificates of other nodes; those with the same key need not be listed
 */
public record ClusterConfig(
    String name,
    String node,
    String listenAddress,
    String address,
    Duration silenceMax,
    boolean insecure,
    Optional<Path> certificate,
    Optional<Path> key,
    List<Path> admitted,
    EtcdSettings etcd) {

  private static final String AT = "blockraft.cluster.";

  /** A cluster by its name, and its etcd. */
  record Etcd(String cluster, EtcdSettings settings) {}

  static Optional<ClusterConfig> from(CoreYaml yaml) {
    String name = yaml.text(AT + "name", "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String listen = yaml.text(AT + "listenAddress", "");
    if (listen.isEmpty()) {
      throw new ConfigurationException(
          AT + "listenAddress is needed in cluster " + name + ": where other nodes dial");
    }
    Optional<Path> certificate = yaml.path(AT + "tls.cert.file");
    Optional<Path> key = yaml.path(AT + "tls.key.file");
    if (certificate.isPresent() != key.isPresent()) {
      throw new ConfigurationException(AT + "tls needs both cert.file and key.file, or neither");
    }
    try {
      return Optional.of(
          new ClusterConfig(
              name,
              yaml.text(AT + "node", hostname()),
              listen,
              yaml.text(AT + "address", listen),
              yaml.duration(AT + "silence", LinkLimits.SILENCE_MAX),
              yaml.flag(AT + "insecure", false),
              certificate,
              key,
              PeerConfig.paths(yaml, AT + "tls.admitted.files"),
              etcd(yaml, name)));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("blockraft.cluster: " + e.getMessage(), e);
    }
  }

  /**
   * The name of the cluster and where its etcd is; all that commands need.
   *
   * @throws ConfigurationException if this peer is no cluster
   */
  static Etcd etcd(CoreYaml yaml) {
    String name = yaml.text(AT + "name", "");
    if (name.isEmpty()) {
      throw new ConfigurationException(
          "this peer is no cluster: %sname is not set in core.yaml, nor is %s"
              .formatted(AT, CoreYaml.environmentName(AT + "name")));
    }
    try {
      return new Etcd(name, etcd(yaml, name));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("blockraft.cluster: " + e.getMessage(), e);
    }
  }

  private static EtcdSettings etcd(CoreYaml yaml, String cluster) {
    String at = AT + "etcd.";
    List<String> endpoints = yaml.texts(at + "endpoints");
    if (endpoints.isEmpty()) {
      throw new ConfigurationException(
          at + "endpoints is needed in cluster " + cluster + ": host:port of each etcd member");
    }
    Optional<EtcdTls> tls =
        yaml.path(at + "tls.rootcert.file")
            .map(
                root ->
                    new EtcdTls(
                        root, yaml.path(at + "tls.cert.file"), yaml.path(at + "tls.key.file")));
    String user = yaml.text(at + "username", "");
    return new EtcdSettings(
        endpoints,
        "/blockraft/" + cluster,
        yaml.duration(at + "leaseTtl", EtcdSettings.LEASE_TTL),
        yaml.duration(at + "requestTimeout", EtcdSettings.REQUEST_TIMEOUT),
        EtcdSettings.RESIGN_PAUSE,
        tls,
        user.isEmpty()
            ? Optional.empty()
            : Optional.of(new EtcdUser(user, yaml.text(at + "password", ""))));
  }

  private static String hostname() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new ConfigurationException(AT + "node is needed: this host has no name", e);
    }
  }
}
