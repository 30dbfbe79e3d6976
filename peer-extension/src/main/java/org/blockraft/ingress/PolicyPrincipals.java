package org.blockraft.ingress;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/**
 * All ways to satisfy a signature policy, each as a list of principals.
 *
 * <p>Fabric source: common/policies/inquire/inquire.go, common/graph/perm.go.
 */
final class PolicyPrincipals {
  /** A rule whose choices are more than this loses rules at random until they are fewer. */
  private static final BigInteger CHOICES_MAX = BigInteger.valueOf(10_000);

  /** Ways to satisfy a whole policy that are looked at; combinations of rules are cut off there. */
  private static final int WAYS_MAX = 100_000;

  private final List<MSPPrincipal> identities;
  private final RandomGenerator random;

  private PolicyPrincipals(List<MSPPrincipal> identities, RandomGenerator random) {
    this.identities = identities;
    this.random = random;
  }

  /** The ways; none when the policy is malformed. */
  static List<List<MSPPrincipal>> of(SignaturePolicyEnvelope policy, RandomGenerator random) {
    List<List<MSPPrincipal>> ways =
        new PolicyPrincipals(policy.getIdentitiesList(), random).ways(policy.getRule());
    boolean malformed = ways == null || ways.stream().anyMatch(List::isEmpty);
    return malformed ? List.of() : ways;
  }

  /** Null when the rule is malformed. */
  private List<List<MSPPrincipal>> ways(SignaturePolicy rule) {
    return switch (rule.getTypeCase()) {
      case SIGNED_BY -> {
        int index = rule.getSignedBy();
        boolean known = index >= 0 && index < identities.size();
        yield known ? List.of(List.of(identities.get(index))) : null;
      }
      case N_OUT_OF -> ways(rule.getNOutOf());
      case TYPE_NOT_SET -> null;
    };
  }

  private List<List<MSPPrincipal>> ways(SignaturePolicy.NOutOf rule) {
    List<SignaturePolicy> children = new ArrayList<>(rule.getRulesList());
    int threshold = rule.getN();
    if (children.isEmpty() || threshold <= 0) {
      return null;
    }
    prune(children, threshold);
    List<List<List<MSPPrincipal>>> waysOfChildren = new ArrayList<>();
    for (SignaturePolicy child : children) {
      List<List<MSPPrincipal>> ways = ways(child);
      if (ways == null) {
        return null;
      }
      waysOfChildren.add(ways);
    }
    List<List<MSPPrincipal>> result = new ArrayList<>();
    choose(waysOfChildren, threshold, 0, new ArrayList<>(), result);
    return result;
  }

  /** Takes one way of each of {@code left} more rules from index on; all combinations, in order. */
  private static void choose(
      List<List<List<MSPPrincipal>>> rules,
      int left,
      int index,
      List<MSPPrincipal> chosen,
      List<List<MSPPrincipal>> result) {
    if (left == 0) {
      result.add(List.copyOf(chosen));
      return;
    }
    if (left > rules.size() - index || result.size() >= WAYS_MAX) {
      return;
    }
    for (List<MSPPrincipal> way : rules.get(index)) {
      int size = chosen.size();
      chosen.addAll(way);
      choose(rules, left - 1, index + 1, chosen, result);
      chosen.subList(size, chosen.size()).clear();
    }
    choose(rules, left, index + 1, chosen, result);
  }

  private void prune(List<SignaturePolicy> rules, int threshold) {
    while (rules.size() >= threshold
        && binomial(rules.size(), threshold).compareTo(CHOICES_MAX) > 0) {
      Collections.swap(rules, random.nextInt(rules.size()), rules.size() - 1);
      rules.removeLast();
    }
  }

  private static BigInteger binomial(int n, int k) {
    BigInteger result = BigInteger.ONE;
    for (int i = 1; i <= k; i++) {
      result = result.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
    }
    return result;
  }
}
