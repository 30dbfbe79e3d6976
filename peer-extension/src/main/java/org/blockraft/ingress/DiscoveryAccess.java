package org.blockraft.ingress;

import org.blockraft.identity.AclChecker;
import org.blockraft.identity.SignedData;

/**
 * Who may ask discovery: about a channel, who satisfies its application writers; about this peer,
 * an administrator or, when so configured, a member of its organization.
 *
 * <p>Fabric source: internal/peer/node/start.go createDiscoveryService.
 */
@FunctionalInterface
public interface DiscoveryAccess {
  /**
   * Returns when access is granted.
   *
   * @param channelId empty for a question about this peer
   * @throws RuntimeException when it is not
   */
  void check(String channelId, SignedData request);

  /** The rules of stock. */
  static DiscoveryAccess of(AclChecker acl, boolean orgMembersAllowed) {
    return (channelId, request) -> {
      if (channelId.isEmpty()) {
        acl.checkLocalPolicy(orgMembersAllowed ? "Members" : "Admins", request);
      } else {
        acl.checkChannelPolicy(channelId, "/Channel/Application/Writers", request);
      }
    };
  }
}
