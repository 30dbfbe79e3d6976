package org.blockraft.operations;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * {@code metrics.statsd}.
 *
 * @param tcp whether to send over TCP, else UDP
 * @param address of the statsd daemon
 * @param writeInterval time between two reports
 * @param prefix of all names; may be empty
 */
public record StatsdSettings(
    boolean tcp, InetSocketAddress address, Duration writeInterval, String prefix) {}
