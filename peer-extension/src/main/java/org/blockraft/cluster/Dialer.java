package org.blockraft.cluster;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.blockraft.coordination.NodeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dials the nodes with greater names, again and again until there is a link. Used by the links'
 * clock thread alone.
 */
final class Dialer {
  private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

  private final LinkRegistry registry;
  private final NodeConnections connections;
  private final Map<String, Target> targets = new HashMap<>();

  Dialer(LinkRegistry registry, NodeConnections connections) {
    this.registry = registry;
    this.connections = connections;
  }

  /** The list of members has changed: nobody of it waits for a pause to end. */
  void members(Map<String, NodeInfo> others) {
    targets.keySet().retainAll(others.keySet());
    others.forEach(
        (node, info) -> {
          if (node.compareTo(registry.settings().node()) > 0) {
            Target target = targets.computeIfAbsent(node, name -> new Target());
            target.update(info);
          }
        });
    tick(registry.now());
  }

  void tick(long now) {
    targets.values().forEach(target -> tick(target, now));
  }

  private void tick(Target target, long now) {
    if (target.link != null && target.link.hasEnded()) {
      pause(target, now);
    }
    if (target.link == null
        && (target.pauseNanos == 0 || now - target.endedNanos >= target.pauseNanos)) {
      target.link = dial(target);
    }
  }

  private void pause(Target target, long now) {
    LinkSettings settings = registry.settings();
    long least = settings.dialPauseMin().toNanos();
    if (target.link.hasBeenUp()) {
      target.reason = "";
      target.pauseNanos = least;
    } else {
      target.log(target.link.endReason());
      target.pauseNanos =
          Math.clamp(2 * target.pauseNanos, least, settings.dialPauseMax().toNanos());
    }
    target.endedNanos = now;
    target.link = null;
  }

  private Link dial(Target target) {
    ManagedChannel connection = connections.link(target.info);
    Arrivals arrivals = new Arrivals();
    CallOptions options =
        CallOptions.DEFAULT
            .withOnReadyThreshold(LinkLimits.READY_BYTES)
            .withStreamTracerFactory(
                new ClientStreamTracer.Factory() {
                  @Override
                  public ClientStreamTracer newClientStreamTracer(
                      ClientStreamTracer.StreamInfo info, Metadata headers) {
                    return arrivals;
                  }
                });
    DialedWire wire = new DialedWire(connection, connection.newCall(FrameWire.CONNECT, options));
    Link link = new Link(registry, Optional.of(target.info.name()), wire);
    arrivals.link = link;
    LOG.debug("Dialing node {} at {}", target.info.name(), target.info.address());
    registry.opened(link);
    wire.start(link, registry.helloFrame());
    return link;
  }

  /** A node to be dialed; without a pause it is dialed at once. */
  private static final class Target {
    private NodeInfo info;
    private Link link;
    private String reason = "";
    private long pauseNanos;
    private long endedNanos;

    private void update(NodeInfo newest) {
      if (link != null && !link.isUp() && !newest.address().equals(info.address())) {
        link.end("the node has another address now");
        link = null;
      }
      info = newest;
      pauseNanos = 0;
    }

    private void log(String failure) {
      if (failure.equals(reason)) {
        LOG.debug("Cannot link with node {} at {}: {}", info.name(), info.address(), failure);
      } else {
        LOG.info("Cannot link with node {} at {}: {}", info.name(), info.address(), failure);
      }
      reason = failure;
    }
  }

  /** Tells the link about bytes long before a large frame is complete. */
  private static final class Arrivals extends ClientStreamTracer {
    private volatile Link link;

    @Override
    public void inboundWireSize(long bytes) {
      link.heard(bytes);
    }
  }
}
