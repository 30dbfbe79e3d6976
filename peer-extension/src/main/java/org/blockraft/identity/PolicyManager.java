package org.blockraft.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.Policy.PolicyType;

/**
 * The policies of a configuration group and, by relative path, of the groups below it. Immutable;
 * safe for use by many threads.
 *
 * <p>Fabric: common/policies/policy.go ManagerImpl.
 */
public final class PolicyManager {
  private static final String SEPARATOR = "/";

  private final String path;
  private final Map<String, Policy> policies;
  private final Map<String, PolicyManager> groups;

  private PolicyManager(
      String path, Map<String, Policy> policies, Map<String, PolicyManager> groups) {
    this.path = path;
    this.policies = policies;
    this.groups = groups;
  }

  /**
   * Compiles all policies of a group and its sub-groups.
   *
   * @param path the name of the root group, {@code Channel}
   * @throws PolicyException if one does not compile
   */
  public static PolicyManager of(String path, ConfigGroup root, MspManager msps) {
    Map<String, PolicyManager> groups = new TreeMap<>();
    root.getGroupsMap()
        .forEach((name, group) -> groups.put(name, of(path + SEPARATOR + name, group, msps)));
    Map<String, Policy> policies = new HashMap<>();
    for (Map.Entry<String, ConfigPolicy> entry : root.getPoliciesMap().entrySet()) {
      policies.put(entry.getKey(), compile(path, entry.getKey(), entry.getValue(), groups, msps));
    }
    groups.forEach(
        (name, group) ->
            group.policies.forEach(
                (policyName, policy) -> policies.put(name + SEPARATOR + policyName, policy)));
    return new PolicyManager(path, policies, groups);
  }

  private static Policy compile(
      String path,
      String name,
      ConfigPolicy config,
      Map<String, PolicyManager> groups,
      MspManager msps) {
    if (!config.hasPolicy()) {
      throw new PolicyException("policy %s at path %s was nil".formatted(name, path));
    }
    var policy = config.getPolicy();
    try {
      if (policy.getType() == PolicyType.IMPLICIT_META_VALUE) {
        return implicitMeta(policy, groups, msps);
      }
      if (policy.getType() == PolicyType.SIGNATURE_VALUE) {
        return SignaturePolicies.compileConfigPolicy(policy.getValue(), msps);
      }
    } catch (PolicyException e) {
      String kind =
          policy.getType() == PolicyType.IMPLICIT_META_VALUE ? "implicit policy" : "policy";
      throw new PolicyException(
          "%s %s at path %s did not compile: %s".formatted(kind, name, path, e.getMessage()));
    }
    throw new PolicyException(
        "policy %s at path %s has unknown policy type: %d".formatted(name, path, policy.getType()));
  }

  private static Policy implicitMeta(
      org.hyperledger.fabric.protos.common.Policy policy,
      Map<String, PolicyManager> groups,
      MspManager msps) {
    ImplicitMetaPolicy definition;
    try {
      definition = ImplicitMetaPolicy.parseFrom(policy.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new PolicyException(
          "Error unmarshalling to ImplicitMetaPolicy: proto: cannot parse invalid wire-format"
              + " data");
    }
    List<Policy> subPolicies = new ArrayList<>();
    for (PolicyManager group : groups.values()) {
      subPolicies.add(group.policyOrReject(definition.getSubPolicy()));
    }
    return new ImplicitMetaRule(definition, subPolicies, msps);
  }

  /** A policy by absolute ("/Channel/Application/Writers") or relative ("Org1/Admins") path. */
  public Optional<Policy> policy(String id) {
    Policy found = policyOrReject(id);
    return found instanceof RejectRule ? Optional.empty() : Optional.of(found);
  }

  /** As {@link #policy}, but a policy that rejects everything if there is none of that name. */
  public Policy policyOrReject(String id) {
    String relative = id;
    if (id.startsWith(SEPARATOR)) {
      String prefix = SEPARATOR + path;
      if (!id.startsWith(prefix)) {
        return new RejectRule(id);
      }
      relative = id.substring(Math.min(prefix.length() + 1, id.length()));
    }
    Policy found = policies.get(relative);
    return found == null ? new RejectRule(relative) : found;
  }

  /** The manager of a group right below. */
  public Optional<PolicyManager> sub(String group) {
    return Optional.ofNullable(groups.get(group));
  }
}
