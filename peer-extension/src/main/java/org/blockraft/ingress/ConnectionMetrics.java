package org.blockraft.ingress;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts connections.
 *
 * <p>Fabric source: internal/pkg/comm/metrics.go.
 */
final class ConnectionMetrics extends ServerTransportFilter {
  private final Counter opened;
  private final Counter closed;

  ConnectionMetrics(MeterRegistry meters) {
    this.opened =
        Counter.builder("grpc.comm.conn_opened")
            .description(
                "gRPC connections opened. Open minus closed is the active number of connections.")
            .register(meters);
    this.closed =
        Counter.builder("grpc.comm.conn_closed")
            .description(
                "gRPC connections closed. Open minus closed is the active number of connections.")
            .register(meters);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    opened.increment();
    return super.transportReady(attributes);
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    closed.increment();
    super.transportTerminated(attributes);
  }
}
