package org.blockraft.identity;

import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/**
 * A compiled signature policy. Evaluation is greedy, in order and without going back: a smarter
 * matcher would accept what stock peers refuse.
 *
 * <p>Fabric: common/cauthdsl.
 */
final class SignaturePolicyRule implements Policy {
  private final SignaturePolicyEnvelope envelope;
  private final Rule root;
  private final MspManager msps;

  /** A gate of the compiled policy; marks in {@code used} the identities it takes. */
  private sealed interface Rule {
    boolean evaluate(List<Identity> identities, boolean[] used);
  }

  private record SignedBy(MSPPrincipal principal) implements Rule {
    @Override
    public boolean evaluate(List<Identity> identities, boolean[] used) {
      for (int i = 0; i < used.length; i++) {
        if (!used[i] && identities.get(i).isCoveredBy(principal)) {
          used[i] = true;
          return true;
        }
      }
      return false;
    }
  }

  private record NOutOf(int n, List<Rule> rules) implements Rule {
    @Override
    public boolean evaluate(List<Identity> identities, boolean[] used) {
      int verified = 0;
      boolean[] attempt = new boolean[used.length];
      for (Rule rule : rules) {
        System.arraycopy(used, 0, attempt, 0, used.length);
        if (rule.evaluate(identities, attempt)) {
          verified++;
          System.arraycopy(attempt, 0, used, 0, used.length);
        }
      }
      return verified >= n;
    }
  }

  private SignaturePolicyRule(SignaturePolicyEnvelope envelope, Rule root, MspManager msps) {
    this.envelope = envelope;
    this.root = root;
    this.msps = msps;
  }

  static SignaturePolicyRule compile(SignaturePolicyEnvelope envelope, MspManager msps) {
    if (!envelope.hasRule()) {
      throw new PolicyException("Empty policy element");
    }
    return new SignaturePolicyRule(
        envelope, compile(envelope.getRule(), envelope.getIdentitiesList()), msps);
  }

  private static Rule compile(SignaturePolicy policy, List<MSPPrincipal> principals) {
    return switch (policy.getTypeCase()) {
      case N_OUT_OF -> {
        List<Rule> rules = new ArrayList<>();
        for (SignaturePolicy rule : policy.getNOutOf().getRulesList()) {
          rules.add(compile(rule, principals));
        }
        yield new NOutOf(policy.getNOutOf().getN(), List.copyOf(rules));
      }
      case SIGNED_BY -> {
        int index = policy.getSignedBy();
        if (index < 0 || index >= principals.size()) {
          throw new PolicyException(
              "identity index out of range, requested %d, but identities length is %d"
                  .formatted(index, principals.size()));
        }
        yield new SignedBy(principals.get(index));
      }
      default -> throw new PolicyException("Unknown type: <nil>:<nil>");
    };
  }

  @Override
  public void evaluateSignedData(List<SignedData> signatureSet) {
    evaluateIdentities(SignaturePolicies.validIdentities(signatureSet, msps));
  }

  @Override
  public void evaluateIdentities(List<Identity> identities) {
    if (!isSatisfiedBy(identities)) {
      throw new PolicyException("signature set did not satisfy policy");
    }
  }

  @Override
  public boolean isSatisfiedBy(List<Identity> identities) {
    return root.evaluate(identities, new boolean[identities.size()]);
  }

  @Override
  public SignaturePolicyEnvelope toSignaturePolicy() {
    return envelope;
  }
}
