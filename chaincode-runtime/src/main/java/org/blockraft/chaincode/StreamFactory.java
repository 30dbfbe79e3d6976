package org.blockraft.chaincode;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Makes streams, and sends KEEPALIVE on those that are registered. Thread-safe. */
final class StreamFactory implements AutoCloseable {
  private final RuntimeSettings settings;
  private final StreamRegistry registry;
  private final ShimMetrics metrics;
  private final ShimRequests requests;
  private final ScheduledExecutorService keepalive;

  StreamFactory(
      RuntimeSettings settings,
      StreamRegistry registry,
      ShimMetrics metrics,
      ShimRequests requests) {
    this.settings = settings;
    this.registry = registry;
    this.metrics = metrics;
    this.requests = requests;
    this.keepalive =
        settings.keepalive().isPositive()
            ? Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("chaincode-keepalive").factory())
            : null;
    if (keepalive != null) {
      long nanos = settings.keepalive().toNanos();
      var _ = keepalive.scheduleAtFixedRate(this::keepAlive, nanos, nanos, TimeUnit.NANOSECONDS);
    }
  }

  ChaincodeStream open(Outbound outbound) {
    return new ChaincodeStream(outbound, registry, settings.batch(), metrics, requests);
  }

  /** Ends the streams of all registered chaincodes. */
  @Override
  public void close() {
    if (keepalive != null) {
      keepalive.shutdownNow();
    }
    registry.all().forEach(stream -> stream.close("peer is shutting down"));
  }

  private void keepAlive() {
    registry.all().forEach(ChaincodeStream::keepalive);
  }
}
