package org.blockraft.ingress;

import org.blockraft.identity.SignedData;

/**
 * Decides whether who signed some data may use a resource; {@code AclChecker::check} in production.
 */
@FunctionalInterface
public interface AccessCheck {
  /**
   * Returns when access is granted.
   *
   * @param resource for example {@code event/Block}
   * @param channelId empty for a resource of the peer itself
   * @throws org.blockraft.identity.IdentityException with Fabric's text when it is not
   */
  void check(String resource, String channelId, SignedData data);
}
