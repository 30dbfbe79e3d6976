package org.blockraft.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.coordination.NodeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which links there are, and which may be. At most one is up with each other node. Safe for use by
 * many threads.
 */
final class LinkRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(LinkRegistry.class);

  private final LinkSettings settings;
  private final LinkListener listener;
  private final MeterRegistry registry;
  private final LongSupplier nanoTime;
  private final Counter refusals;
  private final Map<String, LinkMeters> meters = new ConcurrentHashMap<>();
  private final Map<String, Link> up = new ConcurrentHashMap<>();
  private final Set<Link> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong refusalLogged;
  private volatile Map<String, NodeInfo> members = Map.of();
  private boolean closed;

  LinkRegistry(
      LinkSettings settings, LinkListener listener, MeterRegistry registry, LongSupplier nanoTime) {
    this.settings = settings;
    this.listener = listener;
    this.registry = registry;
    this.nanoTime = nanoTime;
    this.refusalLogged =
        new AtomicLong(nanoTime.getAsLong() - LinkLimits.STRANGER_LOG_PAUSE.toNanos());
    Gauge.builder("cluster.links", this, all -> all.connected().size())
        .description("The number of nodes that this one has a link with.")
        .register(registry);
    refusals =
        Counter.builder("cluster.links_refused")
            .description("The number of links refused for their certificate or greeting.")
            .register(registry);
  }

  LinkSettings settings() {
    return settings;
  }

  LinkListener listener() {
    return listener;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  Frame helloFrame() {
    return Frame.newBuilder().setHello(HelloCheck.hello(settings)).build();
  }

  LinkMeters meters(String node) {
    return meters.computeIfAbsent(node, this::register);
  }

  private LinkMeters register(String node) {
    gauge("cluster.queued_frames", "frames", node, Link::queuedFrames);
    gauge("cluster.queued_bytes", "bytes", node, Link::queuedBytes);
    gauge("cluster.requests_outstanding", "requests", node, Link::outstanding);
    return new LinkMeters(registry, node);
  }

  private void gauge(String name, String what, String node, ToDoubleFunction<Link> value) {
    Gauge.builder(
            name,
            up,
            links -> {
              Link link = links.get(node);
              return link == null ? 0 : value.applyAsDouble(link);
            })
        .description("The number of " + what + " that wait on the link with a node.")
        .tags("node", node)
        .register(registry);
  }

  Map<String, NodeInfo> members() {
    return members;
  }

  /** Replaces the list of nodes to be linked with; links with others end. */
  void members(Map<String, NodeInfo> others) {
    synchronized (this) {
      // A link that is admitted at this moment sees the new list, or is found below.
      members = Map.copyOf(others);
    }
    for (Link link : open) {
      String node = link.node();
      if (node != null && !others.containsKey(node)) {
        link.end("node '%s' is not a member of the cluster any more".formatted(node));
      }
    }
  }

  /** A stream begins. */
  void opened(Link link) {
    open.add(link);
    if (isClosed()) {
      link.end("this node stops");
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  Optional<String> check(Hello hello, Optional<String> dialed) {
    return HelloCheck.refusal(settings, hello, dialed, members.keySet());
  }

  /**
   * Makes a link the one with its node. One with the same process, or with one that is known to be
   * gone, is replaced.
   *
   * @return why that may not be
   */
  Optional<String> admit(Link link) {
    Link previous;
    synchronized (this) {
      previous = up.get(link.node());
      if (previous != null && previous.isUp() && !replaces(link.hello(), previous.hello())) {
        return Optional.of(
            "node '%s' already runs as incarnation %s: two processes with one name, or the first"
                    .formatted(link.node(), previous.hello().getIncarnation())
                + " has just died");
      }
      if (!members.containsKey(link.node())) {
        return Optional.of("node '%s' has just left the cluster".formatted(link.node()));
      }
      up.put(link.node(), link);
      link.open();
    }
    if (previous != null) {
      previous.end("replaced by a new link");
    }
    LOG.info(
        "Link with node {} ({}, incarnation {})",
        link.node(),
        link.hello().getProductVersion(),
        link.hello().getIncarnation());
    return Optional.empty();
  }

  private boolean replaces(Hello next, Hello previous) {
    NodeInfo known = members.get(next.getNode());
    return next.getIncarnation().equals(previous.getIncarnation())
        || (known != null && known.incarnation().equals(next.getIncarnation()));
  }

  void ended(Link link, String reason) {
    open.remove(link);
    if (link.node() == null || !up.remove(link.node(), link)) {
      return;
    }
    if (isClosed()) {
      LOG.debug("The link with node {} has ended", link.node());
    } else {
      LOG.warn("The link with node {} is lost: {}", link.node(), reason);
    }
  }

  /** Counts someone who may not link, and logs it if there was none lately. */
  void refused(String reason) {
    refusals.increment();
    long now = now();
    long last = refusalLogged.get();
    if (now - last >= LinkLimits.STRANGER_LOG_PAUSE.toNanos()
        && refusalLogged.compareAndSet(last, now)) {
      LOG.warn("Refused a link: {}", reason);
    } else {
      LOG.debug("Refused a link: {}", reason);
    }
  }

  /** The link with a node that is up; null if there is none. */
  Link link(String node) {
    Link link = up.get(node);
    return link != null && link.isUp() ? link : null;
  }

  Set<String> connected() {
    Set<String> nodes = new TreeSet<>();
    up.forEach(
        (node, link) -> {
          if (link.isUp()) {
            nodes.add(node);
          }
        });
    return nodes;
  }

  void tick(long now) {
    open.forEach(link -> link.tick(now));
  }

  void forgive(long heard) {
    open.forEach(link -> link.forgive(heard));
  }

  void close() {
    synchronized (this) {
      closed = true;
    }
    open.forEach(link -> link.end("this node stops"));
  }
}
