package org.blockraft.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatsdReporterTest {
  private static final String COMPLETED =
      "p.grpc.server.unary_requests_completed.protos_Endorser.ProcessProposal.OK:";
  private static final String TIME = "p.ledger.block_processing_time.a_b:";

  private final FabricMeterRegistry registry = new FabricMeterRegistry();

  private List<String> lines(StatsdLines statsd) {
    return statsd.of(registry.getMeters()).stream().sorted().toList();
  }

  @Test
  void onlyChangesAreReported() {
    Counter counter =
        Counter.builder("grpc.server.unary_requests_completed")
            .tags("service", "protos_Endorser", "method", "ProcessProposal", "code", "OK")
            .register(registry);
    DistributionSummary summary =
        DistributionSummary.builder("ledger.block_processing_time")
            .tag("channel", "a.b")
            .register(registry);
    StatsdLines statsd = new StatsdLines("p");
    assertEquals(List.of(), lines(statsd));
    counter.increment(2);
    summary.record(1);
    summary.record(2);
    assertEquals(List.of(COMPLETED + "2.000000|c", TIME + "1.500000|ms|@0.500000"), lines(statsd));
    assertEquals(List.of(), lines(statsd));
    counter.increment();
    summary.record(4);
    assertEquals(List.of(COMPLETED + "1.000000|c", TIME + "4.000000|ms"), lines(statsd));
  }

  @Test
  void reportsGoOverTcp() throws Exception {
    Counter.builder("logging.entries_written").tag("level", "info").register(registry).increment();
    try (ServerSocket daemon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        StatsdReporter reporter =
            new StatsdReporter(
                new StatsdSettings(
                    true,
                    new InetSocketAddress(daemon.getInetAddress(), daemon.getLocalPort()),
                    Duration.ofMillis(50),
                    "p"),
                registry)) {
      daemon.setSoTimeout(20_000);
      reporter.start();
      try (Socket connection = daemon.accept()) {
        connection.setSoTimeout(20_000);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        String line = in.readLine();
        assertTrue(line.startsWith("p.go.goroutine_count:"), line);
        while (!line.startsWith("p.logging")) {
          line = in.readLine();
        }
        assertEquals("p.logging.entries_written.info:1.000000|c", line);
      }
    }
  }
}
