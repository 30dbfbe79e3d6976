package org.blockraft.peer;

import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import org.blockraft.cluster.AdmittedNodes;
import org.blockraft.cluster.LinkListener;
import org.blockraft.cluster.LinkSettings;
import org.blockraft.cluster.Links;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Heartbeat;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.ClusterView;
import org.blockraft.coordination.CoordinationException;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.EtcdCoordinator;
import org.blockraft.coordination.Leader;
import org.blockraft.coordination.LoopThread;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.coordination.Term;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.replication.Holdings;
import org.blockraft.replication.NodeReplicas;
import org.blockraft.replication.NodeStatus;
import org.blockraft.replication.ReplicatedPrivateData;
import org.blockraft.replication.SharedHoldings;
import org.blockraft.replication.SiblingPrivateData;
import org.blockraft.replication.Siblings;
import org.blockraft.replication.ThreadWaits;
import org.blockraft.replication.Waits;
import org.blockraft.validate.SliceHelper;
import org.blockraft.worker.LinkSlices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the cluster: coordinator, links and replicas put together, and what is agreed
 * about channels and packages. The loop decides; the threads of links and channels bring it news.
 */
final class ClusterNode implements LinkListener, Coordinator.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

  /** Proposals of other nodes that take longer are tried again elsewhere when this node is gone. */
  private static final Duration HAND_OVER_MAX = Duration.ofSeconds(5);

  private final ClusterConfig config;
  private final LoopThread loop;
  private final Coordinator coordinator;
  private final Links links;
  private final NodeReplicas replicas;
  private final Siblings siblings;
  private final Path idFile;
  private final Map<String, ClusteredChannel> channels = new ConcurrentHashMap<>();
  private final Duties duties;
  private final NodeInfo self;
  private final SharedHoldings holdings;
  private final CompletableFuture<String> refusal = new CompletableFuture<>();
  private final ConcurrentLinkedQueue<Consumer<Boolean>> leadership = new ConcurrentLinkedQueue<>();
  private volatile Peer peer;
  private volatile SiblingRequests requests;
  private volatile IntSupplier outstanding = () -> 0;
  private volatile DoubleSupplier sampled = () -> 0;
  private volatile Set<String> members = Set.of();
  private volatile boolean leading;

  /** What the cluster needs of the peer on this node. */
  interface Peer extends Holdings {
    /** There is, or was, another node of that name. */
    void found(String name);
  }

  private static final int INCARNATION_BYTES = 8;

  /** After a lease has ended etcd takes its time to say so. */
  private static final Duration LEASE_END_SEEN = Duration.ofSeconds(3);

  /**
   * @param folder where the identity of the cluster is kept
   */
  ClusterNode(
      ClusterConfig config, Optional<TlsCredentials> credentials, Path folder, MeterRegistry meters)
      throws IOException {
    this.config = config;
    this.idFile = folder.resolve("id");
    Files.createDirectories(folder);
    byte[] random = new byte[INCARNATION_BYTES];
    new SecureRandom().nextBytes(random);
    String incarnation = HexFormat.of().formatHex(random);
    this.loop = new LoopThread("cluster");
    this.self = new NodeInfo(config.node(), config.address(), incarnation);
    this.coordinator = EtcdCoordinator.connect(loop, config.etcd(), self, knownId());
    this.duties = new Duties(self, coordinator, loop, this::underWayForOthers, this::hasSuccessor);
    int colon = config.listenAddress().lastIndexOf(':');
    LinkSettings settings =
        LinkSettings.of(
                config.name(),
                () -> coordinator.clusterId().orElse(""),
                config.node(),
                incarnation,
                ProductVersion.version(),
                new InetSocketAddress(
                    config.listenAddress().substring(0, colon),
                    Integer.parseInt(config.listenAddress().substring(colon + 1))))
            .withSilenceMax(config.silenceMax());
    this.links =
        new Links(
            settings,
            credentials,
            credentials
                .map(own -> AdmittedNodes.sameKey(own).or(certificates(config.admitted())))
                .orElseGet(AdmittedNodes::anyone),
            this,
            meters);
    Waits waits = new ThreadWaits();
    this.siblings = new Siblings(config.node(), links, this::term, () -> members, waits);
    this.holdings = new SharedHoldings(coordinator, siblings, loop, waits);
    this.replicas =
        new NodeReplicas(
            config.node(),
            coordinator,
            (node, frame) -> links.send(node, frame.build()),
            loop,
            this::load,
            this::depose);
    Gauge.builder("cluster.leading", this, node -> node.leading ? 1 : 0)
        .description("Whether this node leads.")
        .register(meters);
    Gauge.builder("cluster.members", this, node -> node.members.size())
        .description("Nodes with a live membership.")
        .register(meters);
    Gauge.builder("cluster.term", this, node -> node.term())
        .description("The newest term that this node knows of.")
        .register(meters);
    Gauge.builder("cluster.draining", duties, d -> d.isDraining() ? 1 : 0)
        .description("Whether this node wants neither leadership nor work of other nodes.")
        .register(meters);
    Gauge.builder("cluster.distrusted", this, node -> node.isTrusted() ? 0 : 1)
        .description("Whether most nodes have another state than this one.")
        .register(meters);
    Gauge.builder("cluster.loop_depth", loop, LoopThread::depth)
        .description("Work that waits for the cluster's loop.")
        .register(meters);
  }

  private Optional<String> knownId() throws IOException {
    return Files.exists(idFile)
        ? Optional.of(Files.readString(idFile, StandardCharsets.UTF_8).strip())
        : Optional.empty();
  }

  private static List<X509Certificate> certificates(List<Path> files) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (Certificate certificate :
            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          certificates.add((X509Certificate) certificate);
        }
      } catch (IOException | CertificateException e) {
        throw new ConfigurationException(
            "blockraft.cluster.tls.admitted: %s: %s".formatted(file, e.getMessage()), e);
      }
    }
    return certificates;
  }

  private long term() {
    return replicas.term();
  }

  Siblings siblings() {
    return siblings;
  }

  ReplicatedPrivateData privateWriteSets() {
    return new ReplicatedPrivateData(siblings, config.etcd().leaseTtl());
  }

  NodeReplicas replicas() {
    return replicas;
  }

  Coordinator coordinator() {
    return coordinator;
  }

  String name() {
    return config.node();
  }

  /** Whether this node leads; by its own clock. */
  boolean isLeading() {
    return coordinator.leading().isPresent();
  }

  /** The leader, when it is another node that can be reached. */
  Optional<String> otherLeader() {
    return coordinator
        .view()
        .leader()
        .map(Leader::node)
        .filter(node -> !node.equals(config.node()) && links.connected().contains(node));
  }

  /** A connection with the leader, when it is another node that can be reached. */
  Optional<ManagedChannel> connectLeader() {
    return otherLeader().flatMap(links::connect);
  }

  boolean isDraining() {
    return duties.isDraining();
  }

  Set<String> members() {
    return members;
  }

  /** Told when this node begins and ceases to lead, on the loop. */
  void onLeadership(Consumer<Boolean> listener) {
    leadership.add(listener);
  }

  /** Joins the cluster. Channels that are open by now are replicated from the start. */
  void start(
      Peer local,
      SiblingRequests served,
      ServerServiceDefinition relayed,
      IntSupplier underWay,
      DoubleSupplier load)
      throws IOException {
    this.peer = local;
    this.holdings.start(local);
    this.requests = served;
    this.outstanding = underWay;
    this.sampled = load;
    loop.execute(replicas::start);
    links.start(List.of(relayed));
    coordinator.start(this);
  }

  /** The private data of other nodes for one channel. */
  PrivateDataSource privateData(String channelId) {
    Duration patience = config.etcd().leaseTtl().plus(LEASE_END_SEEN);
    return new SiblingPrivateData(channelId, siblings, patience, PrivateDataSource.NONE);
  }

  /** The nodes that verify slices of blocks now. */
  List<SliceHelper> sliceHelpers() {
    List<SliceHelper> helpers = new ArrayList<>();
    for (NodeStatus status : replicas.status().values()) {
      if (status.linked() && !status.draining() && status.weight() > 0) {
        helpers.add(new LinkSlices(status.name(), status.weight(), siblings));
      }
    }
    return helpers;
  }

  /** A channel was opened: its blocks come through the cluster from now on. */
  ClusteredChannel add(Channel channel) {
    ClusteredChannel clustered =
        new ClusteredChannel(
            config.node(), channel, privateData(channel.channelId()), replicas::send, loop);
    channels.put(channel.channelId(), clustered);
    loop.execute(() -> replicas.add(clustered, clustered.replica()));
    return clustered;
  }

  Optional<ClusteredChannel> channel(String channelId) {
    return Optional.ofNullable(channels.get(channelId));
  }

  /** What the nodes agree to have: channels and packages. */
  SharedHoldings holdings() {
    return holdings;
  }

  private int underWayForOthers() {
    SiblingRequests served = requests;
    return served == null ? 0 : served.underWay();
  }

  private boolean hasSuccessor() {
    return replicas.status().values().stream().anyMatch(n -> n.linked() && !n.draining());
  }

  private Heartbeat.Builder load() {
    watchTrust();
    return Heartbeat.newBuilder()
        .setOutstanding(outstanding.getAsInt())
        .setLoad(sampled.getAsDouble())
        .setDraining(duties.isDraining())
        .setWeight(
            holdings.isComplete() && isTrusted() ? Runtime.getRuntime().availableProcessors() : 0);
  }

  /** Whether the state of all channels is that of the other nodes, as far as is known. */
  boolean isTrusted() {
    return channels.values().stream().noneMatch(ClusteredChannel::isOutvoted);
  }

  private void depose(Leader leader) {
    var _ =
        coordinator
            .depose(leader)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.warn("{} could not be deposed: {}", leader.node(), failure.getMessage());
                  }
                });
  }

  /**
   * Gives leadership away, takes no work from other nodes any more and finishes what it has from
   * them, before it stops. Clients are still served, streams of other peers are not.
   */
  void handOver() {
    try {
      duties.stop().get(HAND_OVER_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Stopping before all was handed over to the other nodes", e);
    }
    links.disconnect();
  }

  /** Completes with the reason when this node must not be in the cluster. */
  CompletableFuture<String> refusal() {
    return refusal;
  }

  /** For /healthz. */
  void checkHealth() {
    String reason = refusal.getNow(null);
    if (reason != null) {
      throw new IllegalStateException("refused by the cluster: " + reason);
    }
  }

  /** For people and machines: what this node knows of the cluster, as JSON. */
  String page() {
    return ClusterPage.of(
        config.name(),
        self,
        coordinator,
        Optional.ofNullable(refusal.getNow(null)),
        duties.isDraining(),
        holdings.isComplete(),
        replicas.status(),
        channels.values());
  }

  @Override
  public void viewChanged(ClusterView view) {
    Map<String, NodeInfo> others = new HashMap<>(view.members());
    others.remove(config.node());
    members = Set.copyOf(view.members().keySet());
    LOG.info(
        "Members: {}; leader: {}",
        view.members().keySet(),
        view.leader().map(l -> l.node() + " in term " + l.term().revision()).orElse("none"));
    links.members(others);
    replicas.changed();
    rememberId();
  }

  private void rememberId() {
    coordinator
        .clusterId()
        .filter(id -> !Files.exists(idFile))
        .ifPresent(
            id -> {
              try {
                Files.writeString(idFile, id, StandardCharsets.UTF_8);
              } catch (IOException e) {
                LOG.error("The identity of the cluster cannot be kept in {}", idFile, e);
              }
            });
  }

  @Override
  public void leadingChanged(Optional<Term> term) {
    leading = term.isPresent();
    LOG.info(
        leading ? "This node leads the cluster in term {}" : "This node does not lead",
        term.map(Term::revision).orElse(0L));
    replicas.changed();
    leadership.forEach(listener -> listener.accept(leading));
  }

  /** Looked at with each heartbeat; see {@link Duties#distrust}. */
  private void watchTrust() {
    duties.distrust(!isTrusted());
  }

  @Override
  public void factsChanged() {
    duties.factsChanged();
    holdings.reconcile();
  }

  @Override
  public void connectedChanged(boolean connected) {
    if (connected) {
      LOG.info("etcd answers");
    } else {
      LOG.warn("etcd does not answer");
    }
  }

  @Override
  public void refused(CoordinationException reason) {
    LOG.error("This node cannot be in the cluster: {}", reason.getMessage());
    refusal.complete(reason.getMessage());
  }

  @Override
  public void linkUp(String node, Hello hello) {
    peer.found(node);
    loop.execute(() -> replicas.linkUp(node));
    holdings.reconcile();
  }

  @Override
  public void linkDown(String node, String reason) {
    loop.execute(() -> replicas.linkDown(node));
  }

  @Override
  public void received(String node, Frame frame) {
    loop.execute(() -> replicas.received(node, frame));
  }

  @Override
  public CompletableFuture<Reply> requested(String node, long term, Request request) {
    return requests.serve(request);
  }

  /** Leaves the cluster; channels stop. */
  @Override
  public void close() {
    holdings.close();
    coordinator.close();
    channels.values().forEach(ClusteredChannel::close);
    links.close();
    if (requests != null) {
      requests.close();
    }
    loop.close();
  }
}
