package org.blockraft.identity;

import java.util.List;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/**
 * What stands in for a policy that does not exist.
 *
 * @param name the name that was looked up
 */
record RejectRule(String name) implements Policy {
  @Override
  public void evaluateSignedData(List<SignedData> signatureSet) {
    throw refusal();
  }

  @Override
  public void evaluateIdentities(List<Identity> identities) {
    throw refusal();
  }

  @Override
  public boolean isSatisfiedBy(List<Identity> identities) {
    return false;
  }

  private PolicyException refusal() {
    return new PolicyException("no such policy: '" + name + "'");
  }

  @Override
  public SignaturePolicyEnvelope toSignaturePolicy() {
    throw refusal();
  }
}
