package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.gossip.AliveMessage;
import org.hyperledger.fabric.protos.gossip.Envelope;

/**
 * Who gets to know of whom: an organization is told of its own peers and of ours, of the latter
 * only those that have an endpoint for others. Safe for use by many threads.
 *
 * <p>Fabric: gossip/gossip/gossip_impl.go disclosurePolicy, peersByOriginOrgPolicy,
 * sendAndFilterSecrets.
 */
final class Disclosure {
  private final Self self;
  private final PeerIdentities identities;
  private final Membership membership;

  Disclosure(Self self, PeerIdentities identities, Membership membership) {
    this.self = self;
    this.identities = identities;
    this.membership = membership;
  }

  boolean isOwnOrg(ByteString pkiId) {
    return identities.mspId(pkiId).equals(self.mspId());
  }

  /**
   * Whether a peer that asked is told of a sign of life.
   *
   * @param endpoint the asking peer's for other organizations; may be empty
   */
  boolean mayTell(ByteString pkiId, String endpoint, AliveMessage alive) {
    String target = identities.mspId(pkiId);
    String origin = identities.mspId(alive.getMembership().getPkiId());
    if (target.isEmpty() || origin.isEmpty()) {
      return false;
    }
    if (origin.equals(target)) {
      return true;
    }
    return origin.equals(self.mspId())
        && !alive.getMembership().getEndpoint().isEmpty()
        && !endpoint.isEmpty();
  }

  /** Whether a sign of life is passed on to a peer unasked. */
  boolean mayForward(NetworkMember target, AliveMessage alive) {
    String targetOrg = identities.mspId(target.pkiId());
    String origin = identities.mspId(alive.getMembership().getPkiId());
    if (origin.isEmpty() || targetOrg.isEmpty()) {
      return false;
    }
    if (origin.equals(self.mspId())) {
      return targetOrg.equals(self.mspId()) || !alive.getMembership().getEndpoint().isEmpty();
    }
    return (targetOrg.equals(self.mspId()) || targetOrg.equals(origin))
        && !target.endpoint().isEmpty();
  }

  /** A sign of life in the form that a peer may see. */
  Envelope envelope(ByteString target, SignedMessage alive) {
    return isOwnOrg(target) ? alive.envelope() : alive.withoutSecret();
  }

  /** Whether a peer's identity may be given to another peer. */
  boolean mayTellIdentity(RemotePeer target, ByteString pkiId) {
    if (target.mspId().equals(self.mspId())) {
      return true;
    }
    boolean reachable =
        pkiId.equals(self.pkiId())
            ? self.isPublic()
            : membership.find(pkiId).map(member -> !member.endpoint().isEmpty()).orElse(false);
    String org = identities.mspId(pkiId);
    return reachable && (org.equals(self.mspId()) || org.equals(target.mspId()));
  }
}
