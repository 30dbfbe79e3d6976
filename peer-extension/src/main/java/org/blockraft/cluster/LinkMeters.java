package org.blockraft.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.blockraft.cluster.wire.Request;

/** The meters of the links with one other node. Safe for use by many threads. */
final class LinkMeters {
  private static final double NANOS = 1e9;

  private final Counter framesSent;
  private final Counter framesReceived;
  private final Counter bytesSent;
  private final Counter bytesReceived;
  private final Counter lost;
  private final Map<Request.KindCase, DistributionSummary> durations =
      new EnumMap<>(Request.KindCase.class);

  LinkMeters(MeterRegistry registry, String node) {
    framesSent =
        Counter.builder("cluster.frames_sent")
            .description("The number of frames sent to a node.")
            .tags("node", node)
            .register(registry);
    framesReceived =
        Counter.builder("cluster.frames_received")
            .description("The number of frames received from a node.")
            .tags("node", node)
            .register(registry);
    bytesSent =
        Counter.builder("cluster.bytes_sent")
            .description("The number of bytes sent to a node.")
            .tags("node", node)
            .register(registry);
    bytesReceived =
        Counter.builder("cluster.bytes_received")
            .description("The number of bytes received from a node.")
            .tags("node", node)
            .register(registry);
    lost =
        Counter.builder("cluster.links_lost")
            .description("The number of links with a node that have ended.")
            .tags("node", node)
            .register(registry);
    for (Request.KindCase kind : Request.KindCase.values()) {
      if (kind != Request.KindCase.KIND_NOT_SET) {
        durations.put(kind, duration(registry, node, kind));
      }
    }
  }

  private static DistributionSummary duration(
      MeterRegistry registry, String node, Request.KindCase kind) {
    return DistributionSummary.builder("cluster.request_duration")
        .description("The time until a node has replied.")
        .tags("node", node)
        .tags("kind", kind.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  void sent(int bytes) {
    framesSent.increment();
    bytesSent.increment(bytes);
  }

  void receivedFrame() {
    framesReceived.increment();
  }

  void receivedBytes(long bytes) {
    bytesReceived.increment((double) bytes);
  }

  void replied(Request.KindCase kind, long nanos) {
    DistributionSummary duration = durations.get(kind);
    if (duration != null) {
      duration.record(nanos / NANOS);
    }
  }

  void lost() {
    lost.increment();
  }
}
