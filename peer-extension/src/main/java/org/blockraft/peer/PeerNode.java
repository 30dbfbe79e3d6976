package org.blockraft.peer;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.blockraft.chaincode.BuilderRegistry;
import org.blockraft.chaincode.ChaincodeCertificates;
import org.blockraft.chaincode.ChaincodeRuntime;
import org.blockraft.chaincode.InstalledPackage;
import org.blockraft.chaincode.PackageStore;
import org.blockraft.chaincode.SystemChaincode;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.dispatch.ProposalDispatcher;
import org.blockraft.endorse.Endorser;
import org.blockraft.endorse.PrivateDataDissemination;
import org.blockraft.endorse.PrivateDataDistributor;
import org.blockraft.gossip.Gossip;
import org.blockraft.gossip.GossipTls;
import org.blockraft.gossip.PeerTrust;
import org.blockraft.identity.AclChecker;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.Signatures;
import org.blockraft.identity.Signer;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.blockraft.ingress.DefinedChaincodes;
import org.blockraft.ingress.DeliverService;
import org.blockraft.ingress.DeliverSettings;
import org.blockraft.ingress.DiscoveryAccess;
import org.blockraft.ingress.DiscoveryService;
import org.blockraft.ingress.DiscoverySettings;
import org.blockraft.ingress.EndorserService;
import org.blockraft.ingress.GatewayService;
import org.blockraft.ingress.GrpcServer;
import org.blockraft.ingress.LocalEndorserClient;
import org.blockraft.ingress.LocalMembers;
import org.blockraft.ingress.Members;
import org.blockraft.ingress.RemoteEndorsers;
import org.blockraft.ingress.ServedChannels;
import org.blockraft.ingress.StateProofLimits;
import org.blockraft.ingress.StateProofService;
import org.blockraft.intake.OrdererBroadcast;
import org.blockraft.intake.OrdererConnections;
import org.blockraft.intake.OrdererSettings;
import org.blockraft.ledger.Ledgers;
import org.blockraft.lifecycle.ConfigChaincode;
import org.blockraft.lifecycle.DefinitionCache;
import org.blockraft.lifecycle.ImplicitDissemination;
import org.blockraft.lifecycle.LegacyLifecycleChaincode;
import org.blockraft.lifecycle.LifecycleChaincode;
import org.blockraft.lifecycle.PackageEvents;
import org.blockraft.lifecycle.PeerChannelServices;
import org.blockraft.lifecycle.QueryChaincode;
import org.blockraft.lifecycle.TimedSystemChaincode;
import org.blockraft.operations.FabricMeterRegistry;
import org.blockraft.operations.HealthChecks;
import org.blockraft.operations.LogSpec;
import org.blockraft.operations.OperationsServer;
import org.blockraft.operations.StatsdReporter;
import org.blockraft.operations.VersionInfo;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.validate.SlicePool;
import org.blockraft.worker.LinkWorker;
import org.blockraft.worker.LocalWorker;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: one node, built top to bottom by plain constructors. Read it as the
 * architecture diagram. {@link #start} opens, {@link #close} ends everything in reverse.
 *
 * <pre>
 * proposal:  EndorserService | GatewayService -> ProposalDispatcher -> LocalWorker -> Endorser
 * block:     Channel: OrdererSource -> BlockValidator -> Ledger -> Deliver and gateway events
 * </pre>
 */
public final class PeerNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("nodeCmd");

  /** For a proposal on another node; chaincode has less by core.yaml, and ends there first. */
  private static final Duration PROPOSAL_TIMEOUT = Duration.ofMinutes(5);

  /** At a stop; most calls take milliseconds, and who stops a process waits some seconds for it. */
  private static final Duration CALLS_FINISH = Duration.ofSeconds(10);

  /** A client may wait on a stream for its last transaction to be committed; others never end. */
  private static final Duration STREAMS_FINISH = Duration.ofSeconds(10);

  private final PeerConfig config;
  private final Optional<ClusterNode> cluster;
  private final LocalWorker worker;
  private final ProposalDispatcher dispatcher;
  private final SlicePool slices;
  private final OrdererConnections orderers;
  private final ChaincodeRuntime runtime;
  private final Channels channels;
  private final ChannelServicesShared shared;
  private final DefinitionCache definitions;
  private final PackageStore packages;
  private final Gossip gossip;
  private final OtherPeers others;
  private final RemoteEndorsers endorsers;
  private final GatewayService gateway;
  private final GrpcServer server;
  private final GrpcServer chaincodeServer;
  private final OperationsServer operations;
  private final Optional<StatsdReporter> statsd;

  /** Wires everything; nothing listens and nothing is pulled until {@link #start}. */
  public PeerNode(
      PeerConfig config, Map<String, String> environment, LogSpec logSpec, InstantSource clock)
      throws IOException {
    this.config = config;
    Settings settings = new Settings(config);
    FabricMeterRegistry meters = new FabricMeterRegistry();
    HealthChecks health = new HealthChecks();
    // Who we are, and whom we trust. The provider of signatures is chosen here, so that its
    // warning, if there is one, comes at start.
    LOG.info("Signatures by {}", Signatures.standard().providerName());
    LocalMsp localMsp = LocalMsp.load(config.mspFolder(), config.localMspId(), clock);
    Signer signer = localMsp.signer();
    Optional<TlsCredentials> serverCredentials = settings.serverCredentials();
    TlsRoots clientRoots = new TlsRoots(settings.fixedClientRoots());
    TlsRoots peerRoots = new TlsRoots(settings.fixedPeerRoots());
    boolean mutualTls = config.tls().enabled() && config.tls().clientAuthRequired();

    // The other nodes, if there are any.
    this.cluster =
        config.cluster().isPresent()
            ? Optional.of(
                new ClusterNode(
                    config.cluster().get(),
                    settings.linkCredentials(config.cluster().get()),
                    config.fileSystemPath().resolve("cluster"),
                    meters))
            : Optional.empty();

    // What we keep: ledgers and chaincode packages.
    this.channels =
        new Channels(
            new Ledgers(config.fileSystemPath().resolve("ledgersData"), settings.ledger(), meters),
            health,
            cluster);
    this.packages = new PackageStore(config.fileSystemPath().resolve("lifecycle/chaincodes"));
    AclChecker acls = new AclChecker(localMsp, channels::config);

    // Chaincode.
    ChaincodeCertificates certificates =
        config.tls().enabled() ? new ChaincodeCertificates(clock) : null;
    this.runtime =
        new ChaincodeRuntime(
            settings.chaincodeRuntime(),
            packages,
            new BuilderRegistry(settings.builds(environment)),
            certificates,
            meters);
    this.definitions =
        new DefinitionCache(config.localMspId(), PackageEvents.to(runtime.custodian()));
    List<SystemChaincode> systemChaincodes =
        systemChaincodes(acls, settings.version3(), meters).stream()
            .filter(s -> config.chaincode().systemChaincodes().contains(s.name()))
            .toList();
    PeerChannelServices services =
        new PeerChannelServices(
            channels,
            acls,
            new SimulationSettings(config.ledger().totalQueryLimit()),
            systemChaincodes,
            config.devMode());

    // The block flow, one pipeline a channel.
    OrdererSettings ordererSettings = settings.orderers();
    this.orderers = new OrdererConnections(ordererSettings);
    this.slices = new SlicePool(config.own().validationThreads());
    this.shared =
        new ChannelServicesShared(
            signer,
            ordererSettings,
            orderers,
            slices,
            () -> cluster.map(ClusterNode::sliceHelpers).orElse(List.of()),
            definitions,
            new ImplicitDissemination(
                config.localMspId(),
                config.ledger().implicitRequiredPeerCount(),
                config.ledger().implicitMaxPeerCount()),
            mutualTls ? List.of(clientRoots, peerRoots) : List.of(peerRoots),
            this::configured,
            this::definitionsChanged,
            config.own().blocksAhead(),
            meters,
            clock);

    // Other peers.
    DefinedChaincodes chaincodes = new DefinedChaincodes(channels);
    SecureRandom random = new SecureRandom();
    GossipTls gossipTls = settings.gossipTls(peerRoots);
    this.gossip =
        new Gossip(
            config.gossip(),
            config.localMspId(),
            signer.serialized(),
            signer::sign,
            new PeerTrust(localMsp.msps(), channels::configs, clock),
            gossipTls,
            channels.gossiping(chaincodes::runnable),
            this::keep,
            () -> cluster.flatMap(ClusterNode::connectLeader),
            clock,
            random);
    this.others = new OtherPeers(gossip, cluster);

    // The proposal flow: dispatcher over workers, this node's and, once linked, the others'.
    Endorser endorser =
        new Endorser(
            channels,
            localMsp.msps(),
            acls,
            services,
            runtime::execute,
            privateData(
                new PrivateDataDissemination(
                    channels, new GossipPrivateData(others, channels::config), random)),
            signer,
            settings.authFilters(clock),
            meters);
    AnnouncedHeights announced = new AnnouncedHeights();
    this.worker =
        new LocalWorker(
            config.id(),
            task -> endorser.process(task.proposal(), task.filtered()),
            channels::committed,
            this::isTrusted);
    this.dispatcher = new ProposalDispatcher(worker, settings.proposalsMax(), announced, meters);

    // What clients see.
    ServedChannels served = channels.served();
    this.endorsers = new RemoteEndorsers(gossipTls.clientContext());
    Members members =
        new NetworkMembers(
            new LocalMembers(
                config.localMspId(),
                signer.serialized(),
                signer::sign,
                config.externalEndpoint(),
                new LocalEndorserClient(dispatcher, settings.version3()),
                served,
                chaincodes,
                clock),
            others,
            endorsers);
    this.gateway =
        new GatewayService(
            settings.gateway(),
            served,
            members,
            chaincodes,
            acls::check,
            new OrdererBroadcast(orderers)::submit,
            announced,
            random);
    List<BindableService> mounted = new ArrayList<>();
    mounted.add(new EndorserService(dispatcher));
    mounted.add(gossip.service());
    mounted.add(
        new DeliverService(
            served,
            acls::check,
            new DeliverSettings(config.authentication().timeWindow(), mutualTls),
            announced,
            meters,
            clock));
    if (config.discovery().enabled()) {
      mounted.add(
          new DiscoveryService(
              new DiscoverySettings(
                  config.discovery().authCacheEnabled(), config.discovery().authCacheMax()),
              served,
              members,
              chaincodes,
              DiscoveryAccess.of(acls, config.discovery().orgMembersAllowed()),
              random));
    }
    if (config.gateway().enabled()) {
      mounted.add(gateway);
    }
    mounted.add(
        new StateProofService(
            StateProofLimits.DEFAULTS,
            served,
            acls::check,
            signer.serialized(),
            signer::sign,
            config.authentication().timeWindow(),
            channelId -> isTrusted() && channels.isRunning(channelId),
            clock));
    Optional<SslContext> tls =
        serverCredentials.map(c -> TlsTrust.server(c, mutualTls, clientRoots));
    this.server = new GrpcServer(settings.server(config.listenAddress(), tls), mounted, meters);
    this.chaincodeServer =
        ChaincodeListener.server(config, settings, certificates, runtime.service(), meters);
    this.statsd = settings.statsd().map(target -> new StatsdReporter(target, meters));
    this.operations =
        config.operations().listenAddress().isEmpty()
            ? null
            : new OperationsServer(
                settings.operations(),
                health,
                logSpec,
                meters,
                new VersionInfo(settings.version3() ? "v3.1.5" : "v2.5.16", ""),
                clock);
    cluster.ifPresent(node -> health.register("cluster", node::checkHealth));
    if (cluster.isPresent() && operations != null) {
      operations.page("/cluster", cluster.get()::page);
    }
  }

  /** A channel is there, or has a new configuration. */
  private void configured(ChannelConfig channel) {
    gossip.configured(channel);
  }

  /** Whether this node's state is that of the others, as far as is known. */
  private boolean isTrusted() {
    return cluster.map(ClusterNode::isTrusted).orElse(true);
  }

  private void definitionsChanged() {
    gossip.chaincodesChanged();
  }

  /** Keeps what a peer of another organization sent, on enough nodes. */
  private void keep(String channelId, PrivatePayload payload) {
    TxPvtReadWriteSetWithConfigInfo data = GossipPrivateData.received(payload);
    String txId = payload.getTxId();
    long height = payload.getPrivateSimHeight();
    channels.ledger(channelId).orElseThrow().transientStore().persist(txId, height, data);
    if (cluster.isPresent()
        && !cluster.get().privateWriteSets().replicate(channelId, txId, data, height)) {
      throw new IllegalStateException("too few nodes of this peer have stored it");
    }
  }

  private PrivateDataDistributor privateData(PrivateDataDistributor here) {
    if (cluster.isEmpty()) {
      return here;
    }
    PrivateDataDistributor others = cluster.get().privateWriteSets();
    return (channelId, txId, data, height) -> {
      here.distribute(channelId, txId, data, height);
      others.distribute(channelId, txId, data, height);
    };
  }

  /** Installs a package here and has the other nodes install it. */
  private InstalledPackage install(ByteString file) {
    InstalledPackage installed = runtime.install(file);
    try {
      cluster.ifPresent(node -> node.holdings().installed(installed.packageId(), file));
    } catch (IllegalStateException e) {
      // Too few others have it as yet, but it is here to stay.
      definitions.installed(installed.packageId(), installed.label());
      throw e;
    }
    return installed;
  }

  /** Installs a package that another node has; one that is here already stays as it is. */
  private void installFromSibling(ByteString file) {
    runtime
        .installOnce(file)
        .ifPresent(
            installed -> {
              definitions.installed(installed.packageId(), installed.label());
              LOG.info("Installed chaincode package {} as another node has", installed.packageId());
            });
  }

  private List<SystemChaincode> systemChaincodes(
      AclChecker acls, boolean version3, MeterRegistry meters) {
    List<SystemChaincode> all = new ArrayList<>();
    all.add(
        new LifecycleChaincode(
            config.localMspId(), acls, channels, packages, this::install, definitions, version3));
    all.add(new ConfigChaincode(acls, channels));
    all.add(new QueryChaincode(acls, channels));
    if (!version3) {
      all.add(new LegacyLifecycleChaincode(acls, channels));
    }
    Duration execute = config.chaincode().executeTimeout();
    Duration install = config.chaincode().installTimeout();
    return all.stream()
        .<SystemChaincode>map(timed -> new TimedSystemChaincode(timed, execute, install, meters))
        .toList();
  }

  /** Opens the channels, then the ports; on return clients are served. */
  public void start() throws IOException {
    if (operations != null) {
      operations.start();
    }
    if (statsd.isPresent()) {
      statsd.get().start();
    }
    for (InstalledPackage installed : packages.list()) {
      definitions.installed(installed.packageId(), installed.label());
    }
    channels.open(shared);
    chaincodeServer.start();
    server.start();
    if (cluster.isPresent()) {
      joinCluster(cluster.get());
    } else {
      gossip.start();
    }
    LOG.info(
        "Started peer with ID=[{}], network ID=[{}], address=[{}]",
        config.id(),
        config.networkId(),
        config.address());
  }

  private void joinCluster(ClusterNode node) throws IOException {
    gossip.setActive(false); // until this node leads
    node.onLeadership(gossip::setActive);
    node.start(
        new LocalHoldings(
            channels,
            packages,
            this::installFromSibling,
            name ->
                dispatcher.add(
                    new LinkWorker(name, node.siblings(), node.replicas(), PROPOSAL_TIMEOUT))),
        new SiblingRequests(
            worker,
            slices,
            node::channel,
            channels::ledger,
            packages,
            others,
            this::installFromSibling,
            channels::joinFromSibling),
        gossip.relayed(),
        worker::outstanding,
        () -> {
          dispatcher.sample();
          return worker.sample();
        });
  }

  /** Completes with the reason when the cluster does not want this node; never without one. */
  CompletableFuture<String> refusal() {
    return cluster.map(ClusterNode::refusal).orElseGet(CompletableFuture::new);
  }

  /**
   * Stops. In a cluster, leadership and the other nodes' work are given away first; then calls of
   * clients that are under way are finished, and the cluster is left last.
   */
  @Override
  public void close() {
    cluster.ifPresent(ClusterNode::handOver);
    server.finish(CALLS_FINISH, cluster.isPresent() ? STREAMS_FINISH : Duration.ZERO);
    gossip.close();
    server.close();
    gateway.close();
    endorsers.close();
    runtime.close();
    chaincodeServer.close();
    cluster.ifPresent(ClusterNode::close);
    channels.close();
    slices.close();
    orderers.close();
    statsd.ifPresent(StatsdReporter::close);
    if (operations != null) {
      operations.close();
    }
  }
}
