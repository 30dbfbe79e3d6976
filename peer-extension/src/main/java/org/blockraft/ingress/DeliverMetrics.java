package org.blockraft.ingress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * Counts of the deliver service.
 *
 * <p>Fabric source: common/deliver/metrics.go.
 */
final class DeliverMetrics {
  private final MeterRegistry meters;
  private final Counter streamsOpened;
  private final Counter streamsClosed;

  DeliverMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.streamsOpened =
        counter(
            "streams_opened",
            "The number of GRPC streams that have been opened for the deliver service.",
            Tags.empty());
    this.streamsClosed =
        counter(
            "streams_closed",
            "The number of GRPC streams that have been closed for the deliver service.",
            Tags.empty());
  }

  void streamOpened() {
    streamsOpened.increment();
  }

  void streamClosed() {
    streamsClosed.increment();
  }

  void requestReceived(String channelId, DeliverKind kind) {
    counter(
            "requests_received",
            "The number of deliver requests that have been received.",
            tags(channelId, kind))
        .increment();
  }

  void requestCompleted(String channelId, DeliverKind kind, boolean success) {
    counter(
            "requests_completed",
            "The number of deliver requests that have been completed.",
            tags(channelId, kind).and("success", Boolean.toString(success)))
        .increment();
  }

  /** The counter of blocks for one request. */
  Counter blocksSent(String channelId, DeliverKind kind) {
    return counter(
        "blocks_sent", "The number of blocks sent by the deliver service.", tags(channelId, kind));
  }

  private static Tags tags(String channelId, DeliverKind kind) {
    return Tags.of(
        "channel",
        channelId,
        "filtered",
        Boolean.toString(kind == DeliverKind.FILTERED),
        "data_type",
        kind.dataType());
  }

  private Counter counter(String name, String help, Tags tags) {
    return Counter.builder("deliver." + name).description(help).tags(tags).register(meters);
  }
}
