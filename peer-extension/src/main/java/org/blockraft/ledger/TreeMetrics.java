package org.blockraft.ledger;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.merkle.TreeStatus;

/** The meters of a channel's Merkle tree. */
final class TreeMetrics {
  private static final double NANOS = 1e9;

  private final MeterRegistry registry;
  private final String channelId;
  private final TreePipeline tree;
  private final List<Meter> meters = new ArrayList<>();

  TreeMetrics(MeterRegistry registry, String channelId, TreePipeline tree) {
    this.registry = registry;
    this.channelId = channelId;
    this.tree = tree;
    gauge("merkle.height", "Height that the tree includes.", TreeStatus::height);
    gauge("merkle.lag_blocks", "Blocks that it is behind the state.", TreeStatus::lagBlocks);
    gauge("merkle.lag_seconds", "Time that it is behind.", s -> s.lagNanos() / NANOS);
    gauge("merkle.leaves", "Keys in the tree.", TreeStatus::leaves);
    gauge("merkle.checkpoint_height", "Newest height on disk.", TreeStatus::checkpoint);
    gauge("merkle.cached_bytes", "Pages in memory.", TreeStatus::cachedBytes);
    gauge("merkle.rebuilding", "Whether it is made anew.", s -> s.rebuilding() ? 1 : 0);
    counter("merkle.changes", "Leaves changed.", TreeStatus::changed);
    counter("merkle.hashes", "Hashes computed above pages.", TreeStatus::hashed);
    counter("merkle.page_hits", "Pages that were in memory.", TreeStatus::pageHits);
    counter("merkle.page_misses", "Pages that had to be read.", TreeStatus::pageMisses);
    counter("merkle.bytes_written", "Bytes of rows written.", TreeStatus::writtenBytes);
  }

  private void gauge(String name, String help, ToDoubleFunction<TreeStatus> value) {
    meters.add(
        Gauge.builder(name, tree, t -> value.applyAsDouble(t.status()))
            .description(help)
            .tags("channel", channelId)
            .register(registry));
  }

  private void counter(String name, String help, ToDoubleFunction<TreeStatus> value) {
    meters.add(
        FunctionCounter.builder(name, tree, t -> value.applyAsDouble(t.status()))
            .description(help)
            .tags("channel", channelId)
            .register(registry));
  }

  /** Gives up the meters, which hold on to the tree. */
  void close() {
    meters.forEach(registry::remove);
  }
}
