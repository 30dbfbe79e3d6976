package org.blockraft.identity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/**
 * A policy over the policies of one name in all direct sub-groups; a sub-group without it counts
 * but never passes.
 *
 * <p>Fabric: common/policies/implicitmeta.go, convert.go.
 */
final class ImplicitMetaRule implements Policy {
  private final int threshold;
  private final List<Policy> subPolicies;
  private final String subPolicyName;
  private final MspManager msps;

  ImplicitMetaRule(ImplicitMetaPolicy definition, List<Policy> subPolicies, MspManager msps) {
    this.subPolicies = List.copyOf(subPolicies);
    this.subPolicyName = definition.getSubPolicy();
    this.msps = msps;
    int groups = subPolicies.size();
    this.threshold =
        groups == 0
            ? 0
            : switch (definition.getRule()) {
              case ANY -> 1;
              case ALL -> groups;
              case MAJORITY -> groups / 2 + 1;
              case UNRECOGNIZED -> 0;
            };
  }

  @Override
  public void evaluateSignedData(List<SignedData> signatureSet) {
    // All sub-policies see the same signatures, so these are verified once.
    evaluateIdentities(SignaturePolicies.validIdentities(signatureSet, msps));
  }

  @Override
  public void evaluateIdentities(List<Identity> identities) {
    int remaining = remaining(identities);
    if (remaining != 0) {
      throw new PolicyException(
          ("implicit policy evaluation failed - %d sub-policies were satisfied, but this policy"
                  + " requires %d of the '%s' sub-policies to be satisfied")
              .formatted(threshold - remaining, threshold, subPolicyName));
    }
  }

  @Override
  public boolean isSatisfiedBy(List<Identity> identities) {
    return remaining(identities) == 0;
  }

  private int remaining(List<Identity> identities) {
    int remaining = threshold;
    for (Policy policy : subPolicies) {
      if (policy.isSatisfiedBy(identities)) {
        remaining--;
        if (remaining == 0) {
          return 0;
        }
      }
    }
    return remaining;
  }

  @Override
  public SignaturePolicyEnvelope toSignaturePolicy() {
    List<MSPPrincipal> principals = new ArrayList<>();
    Map<MSPPrincipal, Integer> positions = new HashMap<>();
    List<SignaturePolicy> rules = new ArrayList<>();
    for (int i = 0; i < subPolicies.size(); i++) {
      if (subPolicies.get(i) instanceof RejectRule) {
        throw new PolicyException(
            "subpolicy number %d type policies.rejectPolicy of policy %s is not convertible"
                .formatted(i, subPolicyName));
      }
      SignaturePolicyEnvelope part = subPolicies.get(i).toSignaturePolicy();
      int[] remapped = new int[part.getIdentitiesCount()];
      for (int p = 0; p < remapped.length; p++) {
        MSPPrincipal principal = part.getIdentities(p);
        Integer known = positions.get(principal);
        if (known == null) {
          known = principals.size();
          positions.put(principal, known);
          principals.add(principal);
        }
        remapped[p] = known;
      }
      rules.add(remap(part.getRule(), remapped));
    }
    return SignaturePolicyEnvelope.newBuilder()
        .setRule(SignaturePolicies.nOutOf(threshold, rules))
        .addAllIdentities(principals)
        .build();
  }

  private static SignaturePolicy remap(SignaturePolicy policy, int[] remapped) {
    if (policy.hasSignedBy()) {
      return SignaturePolicies.signedBy(remapped[policy.getSignedBy()]);
    }
    List<SignaturePolicy> rules = new ArrayList<>();
    for (SignaturePolicy rule : policy.getNOutOf().getRulesList()) {
      rules.add(remap(rule, remapped));
    }
    return SignaturePolicies.nOutOf(policy.getNOutOf().getN(), rules);
  }
}
