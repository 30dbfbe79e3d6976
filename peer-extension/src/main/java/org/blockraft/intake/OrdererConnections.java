package org.blockraft.intake;

import io.grpc.ManagedChannel;
import java.util.List;
import org.blockraft.identity.ChannelConfig;

/**
 * Connections to orderers, shared by all channels of the peer. Safe for use by many threads.
 *
 * <p>Fabric: internal/pkg/peer/orderers/connection.go, internal/pkg/gateway/endpoint.go.
 */
public final class OrdererConnections implements AutoCloseable {

  public OrdererConnections(OrdererSettings settings) {}

  /**
   * The orderers of a channel: those of the organizations with endpoints, each with its
   * organization's TLS roots, else the global addresses with all roots; overrides applied.
   */
  public List<OrdererEndpoint> endpoints(ChannelConfig config) {
    throw new IllegalStateException("being written");
  }

  /** A connection to an orderer, kept open for the next caller. */
  public ManagedChannel shared(OrdererEndpoint endpoint) {
    throw new IllegalStateException("being written");
  }

  @Override
  public void close() {}
}
