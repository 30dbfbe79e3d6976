package org.blockraft.peer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.blockraft.gossip.GossipSettings;
import org.blockraft.merkle.TreeSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code peer node start} reads from core.yaml, with stock's meanings and defaults (Fabric
 * {@code core/peer/config.go}, {@code sampleconfig/core.yaml}).
 *
 * @param address where others reach this peer, {@code host:port}
 * @param externalEndpoint where peers of other organizations reach this one
 * @param chaincodeEndpoint what a launched chaincode is told to dial
 */
public record PeerConfig(
    String id,
    String networkId,
    String localMspId,
    Path mspFolder,
    Path fileSystemPath,
    String listenAddress,
    String address,
    String chaincodeListenAddress,
    String chaincodeEndpoint,
    boolean devMode,
    Tls tls,
    Transport transport,
    Limits limits,
    Gateway gateway,
    Discovery discovery,
    String externalEndpoint,
    GossipSettings gossip,
    OrdererClient ordererClient,
    Authentication authentication,
    Chaincode chaincode,
    Ledger ledger,
    Operations operations,
    Own own,
    Optional<ClusterConfig> cluster) {

  private static final Logger LOG = LoggerFactory.getLogger(PeerConfig.class);
  private static final int CHAINCODE_PORT = 7052;
  private static final Duration EXECUTE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STARTUP_TIMEOUT_MIN = Duration.ofSeconds(5);

  /** {@code peer.tls}: files are absolute; absent ones are null. */
  public record Tls(
      boolean enabled,
      boolean clientAuthRequired,
      Path certificate,
      Path key,
      Path rootCertificate,
      List<Path> clientRoots,
      Path clientCertificate,
      Path clientKey) {}

  /** gRPC transport of the peer's own listener and of its calls to orderers. */
  public record Transport(
      int maxReceiveBytes,
      int maxSendBytes,
      Duration connectionTimeout,
      Duration serverInterval,
      Duration serverTimeout,
      Duration serverMinInterval,
      Duration ordererInterval,
      Duration ordererTimeout) {}

  /** {@code peer.limits.concurrency}: calls at a time; zero or less is without limit. */
  public record Limits(int endorserService, int deliverService, int gatewayService) {}

  /** {@code peer.gateway}; it runs only when discovery is enabled too, as in stock. */
  public record Gateway(
      boolean enabled,
      Duration endorsementTimeout,
      Duration broadcastTimeout,
      Duration dialTimeout) {}

  /** {@code peer.discovery}. */
  public record Discovery(
      boolean enabled, boolean orgMembersAllowed, boolean authCacheEnabled, int authCacheMax) {}

  /** An orderer address that is to be reached under another one. */
  public record AddressOverride(String from, String to, Path caCertificates) {}

  /** {@code peer.deliveryclient} and the leadership keys of {@code peer.gossip}. */
  public record OrdererClient(
      Duration reconnectTotalTimeThreshold,
      Duration connectionTimeout,
      Duration backoffMax,
      List<AddressOverride> addressOverrides,
      boolean staticLeader) {}

  /** Entry filters of proposals. */
  public record Authentication(
      Duration timeWindow, boolean expirationCheck, boolean timeWindowCheck) {}

  /** An external builder of {@code chaincode.externalBuilders}. */
  public record ExternalBuilder(String name, Path path, List<String> propagateEnvironment) {}

  /** {@code chaincode}. */
  public record Chaincode(
      List<ExternalBuilder> externalBuilders,
      Duration executeTimeout,
      Duration installTimeout,
      Duration startupTimeout,
      Duration keepalive,
      Set<String> systemChaincodes,
      RuntimeParameters runtimeParameters) {}

  /** {@code chaincode.runtimeParams} (3.1); all off when the section is not there. */
  public record RuntimeParameters(
      boolean useWriteBatch,
      int maxSizeWriteBatch,
      boolean useGetMultipleKeys,
      int maxSizeGetMultipleKeys) {}

  /** {@code ledger} and the private data keys of {@code peer.gossip.pvtData}. */
  public record Ledger(
      int totalQueryLimit,
      boolean historyEnabled,
      int transientBlockRetention,
      Duration pullRetryThreshold,
      int purgeInterval,
      int implicitRequiredPeerCount,
      int implicitMaxPeerCount) {}

  /** {@code operations} and {@code metrics}. */
  public record Operations(
      String listenAddress,
      boolean tlsEnabled,
      Path certificate,
      Path key,
      boolean clientAuthRequired,
      List<Path> clientRoots,
      String metricsProvider,
      Statsd statsd) {}

  /** {@code metrics.statsd}. */
  public record Statsd(String network, String address, Duration writeInterval, String prefix) {}

  /** Which stock release's behaviour counts where the two differ (compat notes, section 16). */
  public enum Compatibility {
    V2_5,
    V3_1
  }

  /**
   * The {@code blockraft} section.
   *
   * @param validationThreads fixed pool that checks signatures
   * @param blocksAhead blocks taken from the orderer and not yet committed, at most
   * @param tree the Merkle tree of each channel's state; empty: there is none
   */
  public record Own(
      Compatibility compatibility,
      long blockCacheBytes,
      long writeBufferBytes,
      int validationThreads,
      int blocksAhead,
      Optional<TreeSettings> tree) {}

  /** Reads everything; throws {@link ConfigurationException} with the key at fault. */
  public static PeerConfig from(CoreYaml yaml, boolean devModeFlag) {
    new KnownKeys().check(yaml);
    boolean devMode = devModeFlag || yaml.text("chaincode.mode", "net").equals("dev");
    String address = LocalAddress.of(yaml);
    String host = address.substring(0, address.lastIndexOf(':'));
    String chaincodeListen = yaml.text("peer.chaincodeListenAddress", host + ":" + CHAINCODE_PORT);
    if (!yaml.text("peer.localMspType", "bccsp").equals("bccsp")) {
      throw new ConfigurationException(
          "Unsupported msp type " + yaml.text("peer.localMspType", "bccsp"));
    }
    return new PeerConfig(
        yaml.text("peer.id", ""),
        yaml.text("peer.networkId", ""),
        yaml.text("peer.localMspId", ""),
        yaml.requiredPath("peer.mspConfigPath"),
        yaml.requiredPath("peer.fileSystemPath"),
        yaml.text("peer.listenAddress", "0.0.0.0:7051"),
        address,
        chaincodeListen,
        chaincodeEndpoint(yaml.text("peer.chaincodeAddress", ""), chaincodeListen, host, devMode),
        devMode,
        tls(yaml),
        transport(yaml),
        new Limits(
            yaml.integer("peer.limits.concurrency.endorserService", 0),
            yaml.integer("peer.limits.concurrency.deliverService", 0),
            yaml.integer("peer.limits.concurrency.gatewayService", 0)),
        gateway(yaml),
        discovery(yaml),
        yaml.text("peer.gossip.externalEndpoint", address),
        GossipKeys.read(yaml, address),
        ordererClient(yaml),
        authentication(yaml),
        chaincode(yaml),
        ledger(yaml),
        operations(yaml),
        own(yaml),
        ClusterConfig.from(yaml));
  }

  private static String chaincodeEndpoint(
      String address, String listen, String peerHost, boolean devMode) {
    String endpoint = address;
    if (endpoint.isEmpty()) {
      int colon = listen.lastIndexOf(':');
      String host = listen.substring(0, Math.max(colon, 0));
      endpoint = isUnspecified(host) ? peerHost + listen.substring(colon) : listen;
    }
    if (isUnspecified(endpoint.substring(0, Math.max(endpoint.lastIndexOf(':'), 0)))) {
      if (devMode) {
        return "0.0.0.0:" + CHAINCODE_PORT;
      }
      throw new ConfigurationException("invalid endpoint for chaincode to connect");
    }
    return endpoint;
  }

  private static boolean isUnspecified(String host) {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]");
  }

  private static Tls tls(CoreYaml yaml) {
    return new Tls(
        yaml.flag("peer.tls.enabled", false),
        yaml.flag("peer.tls.clientAuthRequired", false),
        yaml.path("peer.tls.cert.file").orElse(null),
        yaml.path("peer.tls.key.file").orElse(null),
        yaml.path("peer.tls.rootcert.file").orElse(null),
        paths(yaml, "peer.tls.clientRootCAs.files"),
        yaml.path("peer.tls.clientCert.file").orElse(null),
        yaml.path("peer.tls.clientKey.file").orElse(null));
  }

  static List<Path> paths(CoreYaml yaml, String key) {
    return yaml.texts(key).stream().map(p -> yaml.folder().resolve(p).normalize()).toList();
  }

  private static Transport transport(CoreYaml yaml) {
    Duration minute = Duration.ofMinutes(1);
    Duration timeout = Duration.ofSeconds(20);
    return new Transport(
        yaml.integer("peer.maxRecvMsgSize", 100 * 1024 * 1024),
        yaml.integer("peer.maxSendMsgSize", 100 * 1024 * 1024),
        yaml.duration("peer.connectiontimeout", Duration.ofSeconds(5)),
        yaml.duration("peer.keepalive.interval", Duration.ofHours(2)),
        yaml.duration("peer.keepalive.timeout", timeout),
        yaml.duration("peer.keepalive.minInterval", minute),
        yaml.duration("peer.keepalive.deliveryClient.interval", minute),
        yaml.duration("peer.keepalive.deliveryClient.timeout", timeout));
  }

  private static Gateway gateway(CoreYaml yaml) {
    return new Gateway(
        yaml.flag("peer.gateway.enabled", true) && yaml.flag("peer.discovery.enabled", false),
        yaml.duration("peer.gateway.endorsementTimeout", Duration.ofSeconds(30)),
        yaml.duration("peer.gateway.broadcastTimeout", Duration.ofSeconds(30)),
        yaml.duration("peer.gateway.dialTimeout", Duration.ofMinutes(2)));
  }

  private static Discovery discovery(CoreYaml yaml) {
    return new Discovery(
        yaml.flag("peer.discovery.enabled", false),
        yaml.flag("peer.discovery.orgMembersAllowedAccess", false),
        yaml.flag("peer.discovery.authCacheEnabled", false),
        yaml.integer("peer.discovery.authCacheMaxSize", 1000));
  }

  private static OrdererClient ordererClient(CoreYaml yaml) {
    List<AddressOverride> overrides = new ArrayList<>();
    for (JsonNode override : yaml.objects("peer.deliveryclient.addressOverrides")) {
      String ca = override.path("cacertsfile").asText("");
      overrides.add(
          new AddressOverride(
              override.path("from").asText(),
              override.path("to").asText(),
              ca.isEmpty() ? null : yaml.folder().resolve(ca).normalize()));
    }
    return new OrdererClient(
        yaml.duration("peer.deliveryclient.reconnectTotalTimeThreshold", Duration.ofHours(1)),
        yaml.duration("peer.deliveryclient.connTimeout", Duration.ofSeconds(3)),
        yaml.duration("peer.deliveryclient.reConnectBackoffThreshold", Duration.ofHours(1)),
        List.copyOf(overrides),
        yaml.flag("peer.gossip.orgLeader", true)
            && !yaml.flag("peer.gossip.useLeaderElection", false));
  }

  private static Authentication authentication(CoreYaml yaml) {
    boolean expiration = false;
    boolean window = false;
    for (JsonNode filter : yaml.objects("peer.handlers.authFilters")) {
      String name = filter.path("name").asText();
      switch (name) {
        case "DefaultAuth" -> {}
        case "ExpirationCheck" -> expiration = true;
        case "TimeWindowCheck" -> window = true;
        default ->
            throw new ConfigurationException(
                "peer.handlers.authFilters: no such filter here: \"" + name + "\"");
      }
    }
    return new Authentication(
        yaml.duration("peer.authentication.timewindow", Duration.ofMinutes(15)),
        expiration,
        window);
  }

  private static Chaincode chaincode(CoreYaml yaml) {
    List<ExternalBuilder> builders = new ArrayList<>();
    for (JsonNode builder : yaml.objects("chaincode.externalBuilders")) {
      builders.add(externalBuilder(builder));
    }
    Duration execute = yaml.duration("chaincode.executetimeout", EXECUTE_TIMEOUT);
    Duration startup = yaml.duration("chaincode.startuptimeout", Duration.ofMinutes(5));
    return new Chaincode(
        List.copyOf(builders),
        execute.compareTo(Duration.ofSeconds(1)) < 0 ? EXECUTE_TIMEOUT : execute,
        yaml.duration("chaincode.installTimeout", Duration.ZERO),
        startup.compareTo(STARTUP_TIMEOUT_MIN) < 0 ? STARTUP_TIMEOUT_MIN : startup,
        Duration.ofSeconds(Math.max(0, yaml.integer("chaincode.keepalive", 0))),
        systemChaincodes(yaml),
        new RuntimeParameters(
            yaml.flag("chaincode.runtimeParams.useWriteBatch", false),
            yaml.integer("chaincode.runtimeParams.maxSizeWriteBatch", 1000),
            yaml.flag("chaincode.runtimeParams.useGetMultipleKeys", false),
            yaml.integer("chaincode.runtimeParams.maxSizeGetMultipleKeys", 1000)));
  }

  private static Set<String> systemChaincodes(CoreYaml yaml) {
    return Set.copyOf(
        List.of("_lifecycle", "cscc", "lscc", "qscc").stream()
            .filter(name -> isEnabled(yaml.text("chaincode.system." + name, "")))
            .toList());
  }

  private static boolean isEnabled(String text) {
    return Set.of("true", "t", "1", "enable", "enabled", "yes")
        .contains(text.strip().toLowerCase(Locale.ROOT));
  }

  private static ExternalBuilder externalBuilder(JsonNode node) {
    String path = node.path("path").asText("");
    String name = node.path("name").asText("");
    if (path.isEmpty()) {
      throw new ConfigurationException(
          "invalid external builder configuration, path attribute missing in one or more builders");
    }
    if (name.isEmpty()) {
      throw new ConfigurationException(
          "external builder at path " + path + " has no name attribute");
    }
    JsonNode propagate = node.path("propagateenvironment");
    if (propagate.isMissingNode() || propagate.isNull()) {
      propagate = node.path("environmentwhitelist");
    }
    List<String> names = new ArrayList<>();
    propagate.forEach(n -> names.add(n.asText()));
    return new ExternalBuilder(name, Path.of(path), List.copyOf(names));
  }

  private static Ledger ledger(CoreYaml yaml) {
    String stateDatabase = yaml.text("ledger.state.stateDatabase", "goleveldb");
    if (!stateDatabase.equals("goleveldb")) {
      throw new ConfigurationException(
          "ledger.state.stateDatabase %s is not there yet; this peer keeps state as goleveldb does"
              .formatted(stateDatabase));
    }
    String implicit = "peer.gossip.pvtData.implicitCollectionDisseminationPolicy.";
    return new Ledger(
        yaml.integer("ledger.state.totalQueryLimit", 10_000),
        yaml.flag("ledger.history.enableHistoryDatabase", false),
        yaml.integer("peer.gossip.pvtData.transientstoreMaxBlockRetention", 1000),
        yaml.duration("peer.gossip.pvtData.pullRetryThreshold", Duration.ofMinutes(1)),
        yaml.integer("ledger.pvtdataStore.purgeInterval", 100),
        yaml.integer(implicit + "requiredPeerCount", 0),
        yaml.integer(implicit + "maxPeerCount", 1));
  }

  private static Operations operations(CoreYaml yaml) {
    String provider = yaml.text("metrics.provider", "disabled");
    if (!Set.of("disabled", "prometheus", "statsd").contains(provider)) {
      // Stock goes on without metrics too.
      LOG.warn("Unknown metrics provider: {}, metrics disabled", provider);
      provider = "disabled";
    }
    return new Operations(
        yaml.text("operations.listenAddress", ""),
        yaml.flag("operations.tls.enabled", false),
        yaml.path("operations.tls.cert.file").orElse(null),
        yaml.path("operations.tls.key.file").orElse(null),
        yaml.flag("operations.tls.clientAuthRequired", false),
        paths(yaml, "operations.tls.clientRootCAs.files"),
        provider,
        new Statsd(
            yaml.text("metrics.statsd.network", "udp"),
            yaml.text("metrics.statsd.address", "127.0.0.1:8125"),
            yaml.duration("metrics.statsd.writeInterval", Duration.ofSeconds(10)),
            yaml.text("metrics.statsd.prefix", "")));
  }

  private static Own own(CoreYaml yaml) {
    int processors = Runtime.getRuntime().availableProcessors();
    int pool = yaml.integer("peer.validatorPoolSize", 0);
    String compatibility = yaml.text("blockraft.compatibility", "auto");
    return new Own(
        switch (compatibility) {
          case "2.5" -> Compatibility.V2_5;
          case "3.1" -> Compatibility.V3_1;
          case "auto" ->
              yaml.isSet("chaincode.runtimeParams") ? Compatibility.V3_1 : Compatibility.V2_5;
          default ->
              throw new ConfigurationException(
                  "blockraft.compatibility is \"%s\", which is not auto, 2.5 or 3.1"
                      .formatted(compatibility));
        },
        yaml.integer("blockraft.ledger.blockCacheBytes", 64 * 1024 * 1024),
        yaml.integer("blockraft.ledger.writeBufferBytes", 32 * 1024 * 1024),
        yaml.integer("blockraft.validation.threads", pool > 0 ? pool : processors),
        yaml.integer("blockraft.intake.blocksAhead", 32),
        yaml.flag("blockraft.merkle.enabled", true)
            ? Optional.of(tree(yaml, TreeSettings.DEFAULTS))
            : Optional.empty());
  }

  private static TreeSettings tree(CoreYaml yaml, TreeSettings defaults) {
    String at = "blockraft.merkle.";
    try {
      return new TreeSettings(
          yaml.integer(at + "threads", defaults.threads()),
          yaml.integer(at + "cacheBytes", (int) defaults.cacheBytes()),
          yaml.integer(at + "checkpointBlocks", defaults.checkpointBlocks()),
          yaml.integer(at + "checkpointsKept", defaults.checkpointsKept()),
          yaml.integer(at + "rootsKept", defaults.rootsKept()),
          yaml.integer(at + "lagBlocksMax", defaults.lagBlocksMax()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("blockraft.merkle: " + e.getMessage(), e);
    }
  }
}
