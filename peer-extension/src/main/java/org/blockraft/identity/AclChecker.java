package org.blockraft.identity;

import java.util.function.Function;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Decides whether a caller may use a resource, by the channel's overrides and else by defaults.
 * Safe for use by many threads.
 *
 * <p>Fabric: core/aclmgmt, core/policy/policy.go.
 */
public final class AclChecker {

  /**
   * @param channels the current configuration of a channel, or null if it is not joined
   */
  public AclChecker(LocalMsp localMsp, Function<String, ChannelConfig> channels) {}

  /**
   * Checks the creator of a proposal.
   *
   * @param resource for example {@code peer/Propose}
   * @param channelId may be empty for resources guarded by the local MSP
   * @throws AccessDenied with Fabric's text
   */
  public void check(String resource, String channelId, SignedProposal proposal) {
    throw new IllegalStateException("being written");
  }

  /** Checks the creator of an envelope, as deliver requests are. */
  public void check(String resource, String channelId, Envelope envelope) {
    throw new IllegalStateException("being written");
  }

  /** Checks whoever signed the data. */
  public void check(String resource, String channelId, SignedData data) {
    throw new IllegalStateException("being written");
  }

  /** Checks a resource that belongs to no channel against the local MSP. */
  public void checkLocal(String resource, SignedProposal proposal) {
    throw new IllegalStateException("being written");
  }

  /** Checks a resource that belongs to no channel against the local MSP. */
  public void checkLocal(String resource, SignedData data) {
    throw new IllegalStateException("being written");
  }

  /**
   * Checks signed data against a policy of a channel, with no resource between.
   *
   * @param policy an absolute path
   */
  public void checkChannelPolicy(String channelId, String policy, SignedData data) {
    throw new IllegalStateException("being written");
  }

  /**
   * Checks signed data against the local MSP.
   *
   * @param policy {@code Admins} or {@code Members}
   */
  public void checkLocalPolicy(String policy, SignedData data) {
    throw new IllegalStateException("being written");
  }
}
