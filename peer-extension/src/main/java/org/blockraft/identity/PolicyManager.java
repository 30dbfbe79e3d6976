package org.blockraft.identity;

import java.util.Optional;
import org.hyperledger.fabric.protos.common.ConfigGroup;

/**
 * The policies of a configuration group and, by relative path, of the groups below it.
 *
 * <p>Fabric: common/policies/policy.go ManagerImpl.
 */
public final class PolicyManager {
  private PolicyManager() {}

  /**
   * Compiles all policies of a group and its sub-groups.
   *
   * @param path the name of the root group, {@code Channel}
   * @throws PolicyException if one does not compile
   */
  public static PolicyManager of(String path, ConfigGroup root, MspManager msps) {
    throw new IllegalStateException("being written");
  }

  /** A policy by absolute ("/Channel/Application/Writers") or relative ("Org1/Admins") path. */
  public Optional<Policy> policy(String id) {
    throw new IllegalStateException("being written");
  }

  /** As {@link #policy}, but a policy that rejects everything if there is none of that name. */
  public Policy policyOrReject(String id) {
    throw new IllegalStateException("being written");
  }

  /** The manager of a group right below. */
  public Optional<PolicyManager> sub(String group) {
    throw new IllegalStateException("being written");
  }
}
