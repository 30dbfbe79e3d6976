package org.blockraft.endorse;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The endorser's meters under Fabric's names. Safe for use by many threads.
 *
 * <p>Fabric source: core/endorser/metrics.go.
 */
final class EndorserMetrics {
  /** Series of labels are counted by channel and chaincode, so they stay few. */
  private record Labels(String channel, String chaincode, boolean success) {}

  private final MeterRegistry registry;
  private final Counter received;
  private final Counter successful;
  private final Counter validationFailures;
  private final Map<Labels, DistributionSummary> durations = new ConcurrentHashMap<>();

  EndorserMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.received = counter("endorser.proposals_received", "The number of proposals received.");
    this.successful =
        counter("endorser.successful_proposals", "The number of successful proposals.");
    this.validationFailures =
        counter(
            "endorser.proposal_validation_failures",
            "The number of proposals that have failed initial validation.");
  }

  void received() {
    received.increment();
  }

  void successful() {
    successful.increment();
  }

  void validationFailed() {
    validationFailures.increment();
  }

  void accessDenied(String channel, String chaincode) {
    counter(
            "endorser.proposal_acl_failures",
            "The number of proposals that failed ACL checks.",
            "channel",
            channel,
            "chaincode",
            chaincode)
        .increment();
  }

  void duplicate(String channel, String chaincode) {
    counter(
            "endorser.duplicate_transaction_failures",
            "The number of failed proposals due to duplicate transaction ID.",
            "channel",
            channel,
            "chaincode",
            chaincode)
        .increment();
  }

  void simulationFailed(String channel, String chaincode) {
    counter(
            "endorser.proposal_simulation_failures",
            "The number of failed proposal simulations",
            "channel",
            channel,
            "chaincode",
            chaincode)
        .increment();
  }

  void endorsementFailed(String channel, String chaincode, boolean chaincodeError) {
    counter(
            "endorser.endorsement_failures",
            "The number of failed endorsements.",
            "channel",
            channel,
            "chaincode",
            chaincode,
            "chaincodeerror",
            Boolean.toString(chaincodeError))
        .increment();
  }

  void took(String channel, String chaincode, boolean success, double seconds) {
    durations
        .computeIfAbsent(new Labels(channel, chaincode, success), this::duration)
        .record(seconds);
  }

  private DistributionSummary duration(Labels labels) {
    return DistributionSummary.builder("endorser.proposal_duration")
        .description("The time to complete a proposal.")
        .tags("channel", labels.channel())
        .tags("chaincode", labels.chaincode())
        .tags("success", Boolean.toString(labels.success()))
        .register(registry);
  }

  private Counter counter(String name, String help, String... tags) {
    return Counter.builder(name).description(help).tags(tags).register(registry);
  }
}
