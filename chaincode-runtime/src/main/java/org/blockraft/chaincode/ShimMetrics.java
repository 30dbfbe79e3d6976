package org.blockraft.chaincode;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.hyperledger.fabric.protos.peer.ChaincodeMessage;

/**
 * The metrics of launches and of requests by chaincode, under stock's names. Thread-safe. Fabric:
 * metrics.go.
 */
final class ShimMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final MeterRegistry registry;
  private final ConcurrentMap<Kind, Counter> received = new ConcurrentHashMap<>();
  private final ConcurrentMap<Kind, Completed> completed = new ConcurrentHashMap<>();

  ShimMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  private record Kind(
      ChaincodeMessage.Type type, String channel, String chaincode, boolean success) {}

  private record Completed(Counter count, DistributionSummary duration) {}

  void requestReceived(ChaincodeMessage request, String chaincode) {
    received
        .computeIfAbsent(
            new Kind(request.getType(), request.getChannelId(), chaincode, true),
            kind ->
                Counter.builder("chaincode.shim_requests_received")
                    .description("The number of chaincode shim requests received.")
                    .tag("type", kind.type().name())
                    .tag("channel", kind.channel())
                    .tag("chaincode", kind.chaincode())
                    .register(registry))
        .increment();
  }

  void requestCompleted(
      ChaincodeMessage request, String chaincode, boolean success, long durationNanos) {
    Completed meters =
        completed.computeIfAbsent(
            new Kind(request.getType(), request.getChannelId(), chaincode, success),
            this::completedMeters);
    meters.duration().record(durationNanos / NANOS_PER_SECOND);
    meters.count().increment();
  }

  private Completed completedMeters(Kind kind) {
    String[] tags = {
      "type", kind.type().name(),
      "channel", kind.channel(),
      "chaincode", kind.chaincode(),
      "success", Boolean.toString(kind.success())
    };
    return new Completed(
        Counter.builder("chaincode.shim_requests_completed")
            .description("The number of chaincode shim requests completed.")
            .tags(tags)
            .register(registry),
        DistributionSummary.builder("chaincode.shim_request_duration")
            .description("The time to complete chaincode shim requests.")
            .tags(tags)
            .register(registry));
  }

  void executeTimeout(String chaincode) {
    Counter.builder("chaincode.execute_timeouts")
        .description("The number of chaincode executions (Init or Invoke) that have timed out.")
        .tag("chaincode", chaincode)
        .register(registry)
        .increment();
  }

  void launched(String chaincode, boolean success, long durationNanos) {
    DistributionSummary.builder("chaincode.launch_duration")
        .description("The time to launch a chaincode.")
        .tag("chaincode", chaincode)
        .tag("success", Boolean.toString(success))
        .register(registry)
        .record(durationNanos / NANOS_PER_SECOND);
  }

  void launchFailed(String chaincode) {
    Counter.builder("chaincode.launch_failures")
        .description("The number of chaincode launches that have failed.")
        .tag("chaincode", chaincode)
        .register(registry)
        .increment();
  }

  void launchTimedOut(String chaincode) {
    Counter.builder("chaincode.launch_timeouts")
        .description("The number of chaincode launches that have timed out.")
        .tag("chaincode", chaincode)
        .register(registry)
        .increment();
  }
}
