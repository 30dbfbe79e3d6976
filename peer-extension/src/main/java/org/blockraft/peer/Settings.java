package org.blockraft.peer;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.chaincode.BatchParameters;
import org.blockraft.chaincode.BuildSettings;
import org.blockraft.chaincode.ExternalBuilderSettings;
import org.blockraft.chaincode.RuntimeSettings;
import org.blockraft.endorse.AuthFilters;
import org.blockraft.gossip.GossipTls;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.blockraft.ingress.ConcurrencyLimits;
import org.blockraft.ingress.GatewaySettings;
import org.blockraft.ingress.GrpcServerSettings;
import org.blockraft.intake.OrdererSettings;
import org.blockraft.ledger.LedgerSettings;
import org.blockraft.operations.OperationsSettings;
import org.blockraft.operations.OperationsTls;
import org.blockraft.operations.StatsdSettings;
import org.blockraft.state.KeyValueLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what core.yaml says into the settings of each stage. */
final class Settings {
  private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

  /** How long a BFT orderer may send nothing before another one is asked; stock's default. */
  private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);

  /** Proposals under way on this node when core.yaml sets no limit; stock's own default. */
  private static final int PROPOSALS_MAX = 2500;

  private final PeerConfig config;

  Settings(PeerConfig config) {
    this.config = config;
  }

  boolean version3() {
    return config.own().compatibility() == PeerConfig.Compatibility.V3_1;
  }

  LedgerSettings ledger() {
    KeyValueLimits defaults = KeyValueLimits.DEFAULTS;
    return new LedgerSettings(
        config.localMspId(),
        config.ledger().historyEnabled(),
        config.ledger().pullRetryThreshold(),
        false,
        config.ledger().transientBlockRetention(),
        config.ledger().purgeInterval(),
        config.cluster().isPresent(),
        LedgerSettings.SEGMENT_BYTES_DEFAULT,
        config.own().tree(),
        new KeyValueLimits(
            config.own().blockCacheBytes(),
            config.own().writeBufferBytes(),
            Math.max(defaults.logBytesMax(), config.own().writeBufferBytes()),
            defaults.openFilesMax(),
            defaults.backgroundJobs()));
  }

  /** What every proposal must pass. */
  AuthFilters authFilters(InstantSource clock) {
    return new AuthFilters(
        config.authentication().expirationCheck(),
        config.authentication().timeWindowCheck()
            ? config.authentication().timeWindow()
            : Duration.ZERO,
        () -> false,
        clock);
  }

  Optional<TlsCredentials> serverCredentials() {
    PeerConfig.Tls tls = config.tls();
    return tls.enabled()
        ? Optional.of(TlsCredentials.load(tls.certificate(), tls.key()))
        : Optional.empty();
  }

  /**
   * What this node shows to the other nodes; empty when links go without TLS.
   *
   * @throws ConfigurationException if they would, and may not
   */
  Optional<TlsCredentials> linkCredentials(ClusterConfig cluster) {
    if (cluster.certificate().isPresent()) {
      return Optional.of(
          TlsCredentials.load(cluster.certificate().get(), cluster.key().orElseThrow()));
    }
    Optional<TlsCredentials> own = serverCredentials();
    if (own.isEmpty() && !cluster.insecure()) {
      throw new ConfigurationException(
          "a cluster needs peer.tls, or blockraft.cluster.tls, or blockraft.cluster.insecure");
    }
    if (own.isEmpty()) {
      LOG.warn("Links to other nodes are neither encrypted nor authenticated");
    }
    return own;
  }

  /** What this peer shows to servers: its client pair, else its server pair. */
  Optional<TlsCredentials> clientCredentials() {
    PeerConfig.Tls tls = config.tls();
    if (!tls.enabled()) {
      return Optional.empty();
    }
    if (tls.clientKey() == null && tls.clientCertificate() == null) {
      return serverCredentials();
    }
    if (tls.clientKey() == null || tls.clientCertificate() == null) {
      throw new ConfigurationException(
          "peer.tls.clientKey.file and peer.tls.clientCert.file must both be set or must both be"
              + " empty");
    }
    return Optional.of(TlsCredentials.load(tls.clientCertificate(), tls.clientKey()));
  }

  /** Authorities of clients that core.yaml itself names; read only where clients must have one. */
  List<ByteString> fixedClientRoots() {
    List<ByteString> roots = new ArrayList<>();
    if (!config.tls().enabled() || !config.tls().clientAuthRequired()) {
      return roots;
    }
    for (Path file : config.tls().clientRoots()) {
      roots.add(read(file));
    }
    if (config.tls().rootCertificate() != null) {
      roots.add(read(config.tls().rootCertificate()));
    }
    return roots;
  }

  /** Authorities of other peers that core.yaml itself names; channels add theirs. */
  List<ByteString> fixedPeerRoots() {
    Path root = config.tls().rootCertificate();
    return config.tls().enabled() && root != null ? List.of(read(root)) : List.of();
  }

  /** How this peer talks to others. */
  GossipTls gossipTls(TlsRoots peerRoots) {
    Optional<TlsCredentials> client = clientCredentials();
    Optional<TlsCredentials> server = serverCredentials();
    return client.isEmpty() || server.isEmpty()
        ? GossipTls.none()
        : new GossipTls(
            true,
            () -> Optional.of(TlsTrust.client(peerRoots, client)),
            client.get().leafHash(),
            server.get().leafHash());
  }

  OrdererSettings orderers() {
    PeerConfig.OrdererClient client = config.ordererClient();
    Map<String, OrdererSettings.AddressOverride> overrides = new HashMap<>();
    for (PeerConfig.AddressOverride override : client.addressOverrides()) {
      List<ByteString> roots =
          override.caCertificates() == null ? List.of() : List.of(read(override.caCertificates()));
      overrides.put(override.from(), new OrdererSettings.AddressOverride(override.to(), roots));
    }
    return new OrdererSettings(
        config.tls().enabled(),
        clientCredentials(),
        client.connectionTimeout(),
        client.backoffMax(),
        client.reconnectTotalTimeThreshold(),
        client.staticLeader(),
        config.transport().ordererInterval(),
        config.transport().ordererTimeout(),
        STALL_TIMEOUT,
        overrides);
  }

  RuntimeSettings chaincodeRuntime() {
    PeerConfig.Chaincode chaincode = config.chaincode();
    PeerConfig.RuntimeParameters batch = chaincode.runtimeParameters();
    RuntimeSettings defaults = RuntimeSettings.defaults(config.chaincodeEndpoint());
    return new RuntimeSettings(
        chaincode.executeTimeout(),
        chaincode.startupTimeout(),
        chaincode.keepalive(),
        config.ledger().totalQueryLimit(),
        defaults.executionsMax(),
        config.devMode(),
        config.chaincodeEndpoint(),
        version3()
            ? new BatchParameters(
                batch.useWriteBatch(),
                batch.maxSizeWriteBatch(),
                batch.useGetMultipleKeys(),
                batch.maxSizeGetMultipleKeys())
            : null);
  }

  BuildSettings builds(Map<String, String> environment) {
    return new BuildSettings(
        config.fileSystemPath().resolve("externalbuilder/builds"),
        config.chaincode().externalBuilders().stream()
            .map(b -> new ExternalBuilderSettings(b.name(), b.path(), b.propagateEnvironment()))
            .toList(),
        config.localMspId(),
        environment);
  }

  /** Proposals of this node's clients that may be under way at a time. */
  int proposalsMax() {
    int limit = config.limits().endorserService();
    return limit > 0 ? limit : PROPOSALS_MAX;
  }

  GatewaySettings gateway() {
    return new GatewaySettings(
        config.gateway().endorsementTimeout(), config.gateway().broadcastTimeout(), version3());
  }

  GrpcServerSettings server(
      String listen, Optional<io.grpc.netty.shaded.io.netty.handler.ssl.SslContext> tls) {
    PeerConfig.Transport transport = config.transport();
    return new GrpcServerSettings(
        address(listen),
        tls,
        transport.maxReceiveBytes(),
        transport.serverInterval(),
        transport.serverTimeout(),
        transport.serverMinInterval(),
        transport.connectionTimeout(),
        new ConcurrencyLimits(
            config.limits().endorserService(),
            config.limits().deliverService(),
            config.limits().gatewayService()));
  }

  OperationsSettings operations() {
    PeerConfig.Operations operations = config.operations();
    try {
      Optional<OperationsTls> tls =
          operations.tlsEnabled()
              ? Optional.of(
                  OperationsTls.load(
                      operations.certificate(),
                      operations.key(),
                      operations.clientAuthRequired(),
                      operations.clientRoots()))
              : Optional.empty();
      return new OperationsSettings(
          address(operations.listenAddress()),
          tls,
          operations.metricsProvider().equals("prometheus"));
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigurationException("operations.tls cannot be used: " + e.getMessage(), e);
    }
  }

  /** Where metrics are sent to; empty unless the metrics provider is statsd. */
  Optional<StatsdSettings> statsd() {
    PeerConfig.Statsd statsd = config.operations().statsd();
    return config.operations().metricsProvider().equals("statsd")
        ? Optional.of(
            new StatsdSettings(
                statsd.network().equals("tcp"),
                address(statsd.address()),
                statsd.writeInterval(),
                statsd.prefix()))
        : Optional.empty();
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    try {
      String host = hostAndPort.substring(0, colon).replaceAll("^\\[|\\]$", "");
      int port = Integer.parseInt(hostAndPort.substring(colon + 1));
      return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new ConfigurationException("not an address of the form host:port: " + hostAndPort, e);
    }
  }

  private static ByteString read(Path file) {
    try {
      return ByteString.copyFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ConfigurationException("cannot read " + file, e);
    }
  }
}
