package org.blockraft.ingress;

import java.time.Duration;

/**
 * What a deliver request must fulfil.
 *
 * @param timeWindow {@code peer.authentication.timewindow}: how far its timestamp may be from our
 *     clock
 * @param mutualTls whether it must carry the hash of the client's TLS certificate
 */
public record DeliverSettings(Duration timeWindow, boolean mutualTls) {}
