package org.blockraft.ingress;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.blockraft.identity.SignedData;

/**
 * Whether a deliver client may (still) have blocks: asked before each block, decided anew only when
 * the channel's configuration has changed, and never beyond the end of the client's certificate.
 * Owned by one thread.
 *
 * <p>Fabric source: common/deliver/acl.go.
 */
final class SessionAccess {
  private final ServedChannel channel;
  private final String resource;
  private final SignedData request;
  private final AccessCheck access;
  private final InstantSource clock;
  private final Optional<Instant> end;
  private long lastSequence;
  private boolean used;

  SessionAccess(
      ServedChannel channel,
      String resource,
      SignedData request,
      AccessCheck access,
      InstantSource clock) {
    this.channel = channel;
    this.resource = resource;
    this.request = request;
    this.access = access;
    this.clock = clock;
    this.end = IdentityExpiry.of(request.identity());
  }

  /**
   * Returns when access is granted.
   *
   * @throws RuntimeException with the reason when it is not
   */
  void evaluate() {
    if (end.isPresent() && clock.instant().isAfter(end.get())) {
      throw new ServiceException("deliver client identity expired at " + end.get());
    }
    long sequence = channel.configSequence();
    if (used && sequence <= lastSequence) {
      return;
    }
    lastSequence = Math.max(lastSequence, sequence);
    used = true;
    access.check(resource, channel.id(), request);
  }
}
