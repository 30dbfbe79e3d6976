package org.blockraft.operations;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where and how the operations server listens.
 *
 * @param address address and port; port 0 picks a free one
 * @param tls present when the server speaks TLS
 * @param metricsShown whether /metrics is served (metrics.provider is prometheus)
 */
public record OperationsSettings(
    InetSocketAddress address, Optional<OperationsTls> tls, boolean metricsShown) {}
