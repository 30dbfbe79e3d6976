package org.blockraft.identity;

import java.util.List;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/**
 * A rule over who signed. Immutable; safe for use by many threads.
 *
 * <p>Fabric: common/policies/policy.go.
 */
public sealed interface Policy permits SignaturePolicyRule, ImplicitMetaRule, RejectRule {

  /**
   * Verifies the signatures (bad ones and repeated signers are left out) and applies the rule.
   *
   * @throws PolicyException with Fabric's text
   */
  void evaluateSignedData(List<SignedData> signatureSet);

  /**
   * Applies the rule to identities whose signatures are verified already and who differ from each
   * other; the order matters.
   *
   * @throws PolicyException with Fabric's text
   */
  void evaluateIdentities(List<Identity> identities);

  /** As {@link #evaluateIdentities}, as a plain answer. */
  boolean isSatisfiedBy(List<Identity> identities);

  /**
   * This policy as one signature policy.
   *
   * @throws PolicyException if it cannot be expressed so
   */
  SignaturePolicyEnvelope toSignaturePolicy();
}
