package org.blockraft.identity;

import java.util.List;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;

/** A kind of policy. */
final class SignaturePolicyRule implements Policy {
  @Override
  public void evaluateSignedData(List<SignedData> signatureSet) {
    throw new IllegalStateException("being written");
  }

  @Override
  public void evaluateIdentities(List<Identity> identities) {
    throw new IllegalStateException("being written");
  }

  @Override
  public SignaturePolicyEnvelope toSignaturePolicy() {
    throw new IllegalStateException("being written");
  }
}
