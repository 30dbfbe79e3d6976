package org.blockraft.identity;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;

/**
 * Compiling, evaluating and building signature policies.
 *
 * <p>Fabric: common/cauthdsl, common/policies/policy.go, common/policydsl/policydsl_builder.go.
 */
public final class SignaturePolicies {
  private SignaturePolicies() {}

  /**
   * Compiles a policy of any version, as chaincode policies are.
   *
   * @throws PolicyException if the policy is malformed
   */
  public static Policy compile(SignaturePolicyEnvelope envelope, MspManager msps) {
    throw new IllegalStateException("being written");
  }

  /**
   * Parses and compiles a policy found in a channel configuration; its version must be 0.
   *
   * @throws PolicyException if the policy is malformed
   */
  public static Policy compileConfigPolicy(ByteString envelope, MspManager msps) {
    throw new IllegalStateException("being written");
  }

  /** The identities with a good signature, in order, each signer once. */
  public static List<Identity> validIdentities(List<SignedData> signatureSet, MspManager msps) {
    throw new IllegalStateException("being written");
  }

  /** {@link #validIdentities} of many signature sets, all signatures verified as one batch. */
  public static List<List<Identity>> validIdentitiesOfAll(
      List<List<SignedData>> signatureSets, MspManager msps, Executor executor) {
    throw new IllegalStateException("being written");
  }

  /** Always satisfied. */
  public static SignaturePolicyEnvelope acceptAll() {
    throw new IllegalStateException("being written");
  }

  /** Never satisfied. */
  public static SignaturePolicyEnvelope rejectAll() {
    throw new IllegalStateException("being written");
  }

  public static SignaturePolicy signedBy(int principalIndex) {
    throw new IllegalStateException("being written");
  }

  public static SignaturePolicy nOutOf(int n, List<SignaturePolicy> rules) {
    throw new IllegalStateException("being written");
  }

  public static MSPPrincipal rolePrincipal(String mspId, MSPRoleType role) {
    throw new IllegalStateException("being written");
  }

  /** One signature of the given role of one MSP. */
  public static SignaturePolicyEnvelope signedByRole(String mspId, MSPRoleType role) {
    throw new IllegalStateException("being written");
  }

  /** Signatures of the given role of n of the MSPs; the ids are sorted first. */
  public static SignaturePolicyEnvelope signedByNOutOf(
      int n, MSPRoleType role, Collection<String> mspIds) {
    throw new IllegalStateException("being written");
  }

  /** The value of a channel configuration policy of type IMPLICIT_META. */
  public static ImplicitMetaPolicy implicitMeta(ImplicitMetaPolicy.Rule rule, String subPolicy) {
    throw new IllegalStateException("being written");
  }

  /**
   * Who must sign a block of a BFT ordering service: a quorum of the consenters, each by its exact
   * identity.
   *
   * @param consenters serialized identities in consenter order
   */
  public static SignaturePolicyEnvelope bftBlockValidation(List<ByteString> consenters) {
    throw new IllegalStateException("being written");
  }

  /** The number of matching answers out of n that a BFT ordering service needs. */
  public static int bftQuorum(int n) {
    throw new IllegalStateException("being written");
  }
}
