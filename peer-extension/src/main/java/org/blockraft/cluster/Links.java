package org.blockraft.cluster;

import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.identity.TlsCredentials;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of this node with the others: at most one for each, dialed by the node with the smaller
 * name, dialed again when it ends. Nothing here blocks but {@link #start} and {@link #close}; safe
 * for use by many threads.
 */
public final class Links implements NodeRequests, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Links.class);

  private final LinkRegistry registry;
  private final LinkServer server;
  private final NodeConnections connections;
  private final Dialer dialer;
  private final LinkThreads threads = new LinkThreads();
  private final ScheduledExecutorService clock;
  private final Duration tickInterval;
  private long tickedNanos;

  /**
   * @param own shown to the others; without it there is no TLS at all, for development only
   */
  public Links(
      LinkSettings settings,
      Optional<TlsCredentials> own,
      AdmittedNodes admitted,
      LinkListener listener,
      MeterRegistry meters) {
    this(
        settings,
        own,
        admitted,
        listener,
        meters,
        System::nanoTime,
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("cluster-clock").daemon().factory()),
        LinkLimits.TICK);
  }

  /**
   * @param clock one thread, which ends with the links
   * @param tickInterval between looks at the time
   */
  Links(
      LinkSettings settings,
      Optional<TlsCredentials> own,
      AdmittedNodes admitted,
      LinkListener listener,
      MeterRegistry meters,
      LongSupplier nanoTime,
      ScheduledExecutorService clock,
      Duration tickInterval) {
    this.registry = new LinkRegistry(settings, listener, meters, nanoTime);
    this.clock = clock;
    this.tickInterval = tickInterval;
    AdmittedTrust trust = new AdmittedTrust(admitted, registry::refused);
    Optional<SslContext> serverTls = own.map(credentials -> LinkTls.server(credentials, trust));
    Optional<SslContext> clientTls = own.map(credentials -> LinkTls.client(credentials, trust));
    this.server =
        new LinkServer(registry, new RelayLimit(LinkLimits.RELAYS_MAX, meters), serverTls, threads);
    this.connections = new NodeConnections(registry, clientTls, threads);
    this.dialer = new Dialer(registry, connections);
    if (own.isEmpty()) {
      LOG.warn(
          "INSECURE: links between nodes have no TLS; whoever reaches {} is taken for a node",
          settings.listenAddress());
    }
  }

  /**
   * Listens and begins to dial. Heartbeats should be under way by then: silent links are closed.
   *
   * @param beside what admitted nodes may call beside the link, by {@link #connect}; called by the
   *     links' threads, so it must not block
   * @throws IOException if the port cannot be bound
   */
  public void start(List<ServerServiceDefinition> beside) throws IOException {
    server.start(beside);
    tickedNanos = registry.now();
    var _ =
        clock.scheduleAtFixedRate(
            this::tick, tickInterval.toNanos(), tickInterval.toNanos(), TimeUnit.NANOSECONDS);
    LOG.info("Node {} listens for other nodes on port {}", registry.settings().node(), port());
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  private void tick() {
    try {
      long now = registry.now();
      if (now - tickedNanos > tickInterval.plus(LinkLimits.TICK_LATE).toNanos()) {
        registry.forgive(now - registry.settings().silenceMax().toNanos() / 2);
      }
      tickedNanos = now;
      registry.tick(now);
      dialer.tick(now);
      connections.tick();
    } catch (RuntimeException | Error e) {
      LOG.error("The links could not be looked after", e);
    }
  }

  /**
   * The nodes to have links with, by name; links with others end. An entry of this node itself does
   * not matter. A node that is not in the list is refused when it dials.
   */
  public void members(Map<String, NodeInfo> others) {
    Map<String, NodeInfo> nodes = new HashMap<>(others);
    nodes.remove(registry.settings().node());
    registry.members(nodes);
    try {
      clock.execute(this::dialMembers);
    } catch (RejectedExecutionException e) {
      LOG.debug("The links are closed");
    }
  }

  private void dialMembers() {
    try {
      dialer.members(registry.members());
    } catch (RuntimeException | Error e) {
      LOG.error("The new list of members could not be dialed", e);
    }
  }

  /**
   * Sends a frame. Blocks keep their order and so do all other frames, which overtake blocks.
   *
   * @return false if there is no link, its queue is full, or the frame is larger than allowed
   */
  public boolean send(String node, Frame frame) {
    Link link = registry.link(node);
    return link != null && link.send(frame);
  }

  @Override
  public CompletableFuture<Reply> request(
      String node, long term, Request request, Duration timeout) {
    Link link = registry.link(node);
    return link == null
        ? CompletableFuture.failedFuture(new LinkLost("no link with node " + node, false))
        : link.request(term, request, timeout);
  }

  @Override
  public Set<String> connected() {
    return registry.connected();
  }

  /**
   * Prepares a connection with a node beside the link, for one call; to be shut down after it. It
   * ends when the link does.
   *
   * @return none without a link, or if there are too many
   */
  public Optional<ManagedChannel> connect(String node) {
    return connections.connect(node);
  }

  /** Ends the connections beside the links for good. */
  public void disconnect() {
    connections.close();
  }

  /** Ends all links and waits a little for the server to end. */
  @Override
  public void close() {
    clock.shutdownNow();
    connections.close();
    registry.close();
    server.close();
    threads.close();
  }
}
