package org.blockraft.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import org.junit.jupiter.api.Test;

final class FabricMeterRegistryTest {
  private final FabricMeterRegistry registry = new FabricMeterRegistry();

  private String family(String name) {
    StringBuilder lines = new StringBuilder();
    for (String line : registry.scrape().split("\n")) {
      String shown = line.startsWith("# ") ? line.split(" ")[2] : line.split("[{ ]")[0];
      if (shown.equals(name) || shown.startsWith(name + "_")) {
        lines.append(line).append('\n');
      }
    }
    return lines.toString();
  }

  @Test
  void countersKeepTheirNames() {
    Counter.builder("endorser.proposals_received")
        .description("The number of proposals received.")
        .register(registry)
        .increment(3);
    assertEquals(
        """
        # HELP endorser_proposals_received The number of proposals received.
        # TYPE endorser_proposals_received counter
        endorser_proposals_received 3
        """,
        family("endorser_proposals_received"));
  }

  @Test
  void gaugesShowTheirLabels() {
    Gauge.builder("ledger.blockchain_height", () -> 1_500_000)
        .description("Height of the chain in blocks.")
        .tag("channel", "my\"channel\\")
        .register(registry);
    assertEquals(
        """
        # HELP ledger_blockchain_height Height of the chain in blocks.
        # TYPE ledger_blockchain_height gauge
        ledger_blockchain_height{channel="my\\"channel\\\\"} 1.5e+06
        """,
        family("ledger_blockchain_height"));
  }

  @Test
  void summariesAreHistogramsWithTheirBuckets() {
    DistributionSummary summary =
        DistributionSummary.builder("ledger.block_processing_time")
            .description("Time taken in seconds for ledger block processing.")
            .serviceLevelObjectives(0.005, 0.1, 1)
            .tag("channel", "ch")
            .register(registry);
    summary.record(0.005);
    summary.record(0.5);
    summary.record(2);
    assertEquals(
        """
        # HELP ledger_block_processing_time Time taken in seconds for ledger block processing.
        # TYPE ledger_block_processing_time histogram
        ledger_block_processing_time_bucket{channel="ch",le="0.005"} 1
        ledger_block_processing_time_bucket{channel="ch",le="0.1"} 1
        ledger_block_processing_time_bucket{channel="ch",le="1"} 2
        ledger_block_processing_time_bucket{channel="ch",le="+Inf"} 3
        ledger_block_processing_time_sum{channel="ch"} 2.505
        ledger_block_processing_time_count{channel="ch"} 3
        """,
        family("ledger_block_processing_time"));
  }

  @Test
  void processShowsWhatDashboardsOfGoProgramsLookFor() {
    String text = registry.scrape();
    assertTrue(text.contains("# TYPE go_gc_duration_seconds summary\n"), text);
    assertTrue(text.contains("go_gc_duration_seconds{quantile=\"0.5\"} "), text);
    assertTrue(text.contains("# TYPE process_cpu_seconds_total counter\n"), text);
    assertTrue(text.contains("go_goroutines "), text);
  }
}
