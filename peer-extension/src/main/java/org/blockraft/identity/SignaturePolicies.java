package org.blockraft.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiling, evaluating and building signature policies.
 *
 * <p>Fabric: common/cauthdsl, common/policies/policy.go, common/policydsl/policydsl_builder.go.
 */
public final class SignaturePolicies {
  private static final Logger LOG = LoggerFactory.getLogger(SignaturePolicies.class);

  private SignaturePolicies() {}

  /**
   * Compiles a policy of any version, as chaincode policies are.
   *
   * @throws PolicyException if the policy is malformed
   */
  public static Policy compile(SignaturePolicyEnvelope envelope, MspManager msps) {
    return SignaturePolicyRule.compile(envelope, msps);
  }

  /**
   * Parses and compiles a policy found in a channel configuration; its version must be 0.
   *
   * @throws PolicyException if the policy is malformed
   */
  public static Policy compileConfigPolicy(ByteString envelope, MspManager msps) {
    SignaturePolicyEnvelope parsed;
    try {
      parsed = SignaturePolicyEnvelope.parseFrom(envelope);
    } catch (InvalidProtocolBufferException e) {
      throw new PolicyException(
          "Error unmarshalling to SignaturePolicy: proto: cannot parse invalid wire-format data");
    }
    if (parsed.getVersion() != 0) {
      throw new PolicyException(
          "This evaluator only understands messages of version 0, but version was "
              + parsed.getVersion());
    }
    return SignaturePolicyRule.compile(parsed, msps);
  }

  /** The identities with a good signature, in order, each signer once. */
  public static List<Identity> validIdentities(List<SignedData> signatureSet, MspManager msps) {
    List<Identity> identities = new ArrayList<>(signatureSet.size());
    Set<String> accepted = new HashSet<>();
    for (int i = 0; i < signatureSet.size(); i++) {
      SignedData data = signatureSet.get(i);
      Identity identity = deserializeOrNull(data, msps);
      if (identity == null) {
        continue;
      }
      String signer = identity.mspId() + identity.uniqueId();
      if (accepted.contains(signer)) {
        LOG.warn("De-duplicating identity [{}] at index {} in signature set", signer, i);
        continue;
      }
      try {
        identity.verify(data.data(), data.signature());
      } catch (IdentityException e) {
        LOG.warn("signature for identity {} is invalid: {}", i, e.getMessage());
        continue;
      }
      accepted.add(signer);
      identities.add(identity);
    }
    return identities;
  }

  private static Identity deserializeOrNull(SignedData data, MspManager msps) {
    try {
      return msps.deserialize(data.identity());
    } catch (IdentityException e) {
      LOG.warn("invalid identity: {}", e.getMessage());
      return null;
    }
  }

  /**
   * {@link #validIdentities} of many signature sets, all signatures verified as one batch.
   *
   * @return one list for each set, in order
   */
  public static List<List<Identity>> validIdentitiesOfAll(
      List<List<SignedData>> signatureSets, MspManager msps, Executor executor) {
    List<List<Identity>> candidates = new ArrayList<>(signatureSets.size());
    List<SignatureCheck> checks = new ArrayList<>();
    for (List<SignedData> set : signatureSets) {
      List<Identity> signers = new ArrayList<>(set.size());
      for (SignedData data : set) {
        Identity identity = deserializeOrNull(data, msps);
        signers.add(identity);
        if (identity != null) {
          checks.add(new SignatureCheck(identity.key(), data.data(), data.signature()));
        }
      }
      candidates.add(signers);
    }
    BitSet verdicts = Signatures.standard().verifyAll(checks, executor);
    int next = 0;
    List<List<Identity>> valid = new ArrayList<>(candidates.size());
    for (List<Identity> signers : candidates) {
      List<Identity> accepted = new ArrayList<>(signers.size());
      Set<String> seen = new HashSet<>();
      for (Identity identity : signers) {
        boolean good = identity != null && verdicts.get(next++);
        if (good && seen.add(identity.mspId() + identity.uniqueId())) {
          accepted.add(identity);
        }
      }
      valid.add(accepted);
    }
    return valid;
  }

  /** Always satisfied. */
  public static SignaturePolicyEnvelope acceptAll() {
    return SignaturePolicyEnvelope.newBuilder().setRule(nOutOf(0, List.of())).build();
  }

  /** Never satisfied. */
  public static SignaturePolicyEnvelope rejectAll() {
    return SignaturePolicyEnvelope.newBuilder().setRule(nOutOf(1, List.of())).build();
  }

  public static SignaturePolicy signedBy(int principalIndex) {
    return SignaturePolicy.newBuilder().setSignedBy(principalIndex).build();
  }

  public static SignaturePolicy nOutOf(int n, List<SignaturePolicy> rules) {
    return SignaturePolicy.newBuilder()
        .setNOutOf(SignaturePolicy.NOutOf.newBuilder().setN(n).addAllRules(rules))
        .build();
  }

  public static MSPPrincipal rolePrincipal(String mspId, MSPRoleType role) {
    return MSPPrincipal.newBuilder()
        .setPrincipalClassification(MSPPrincipal.Classification.ROLE)
        .setPrincipal(
            MSPRole.newBuilder().setMspIdentifier(mspId).setRole(role).build().toByteString())
        .build();
  }

  /** One signature of the given role of one MSP. */
  public static SignaturePolicyEnvelope signedByRole(String mspId, MSPRoleType role) {
    return signedByNOutOf(1, role, List.of(mspId));
  }

  /** Signatures of the given role of n of the MSPs; the ids are sorted first. */
  public static SignaturePolicyEnvelope signedByNOutOf(
      int n, MSPRoleType role, Collection<String> mspIds) {
    List<String> sorted =
        mspIds.stream()
            .sorted(
                Comparator.comparing(
                    ByteString::copyFromUtf8, ByteString.unsignedLexicographicalComparator()))
            .toList();
    SignaturePolicyEnvelope.Builder envelope = SignaturePolicyEnvelope.newBuilder();
    List<SignaturePolicy> rules = new ArrayList<>();
    for (String mspId : sorted) {
      rules.add(signedBy(rules.size()));
      envelope.addIdentities(rolePrincipal(mspId, role));
    }
    return envelope.setRule(nOutOf(n, rules)).build();
  }

  /** The value of a channel configuration policy of type IMPLICIT_META. */
  public static ImplicitMetaPolicy implicitMeta(ImplicitMetaPolicy.Rule rule, String subPolicy) {
    return ImplicitMetaPolicy.newBuilder().setRule(rule).setSubPolicy(subPolicy).build();
  }

  /**
   * Who must sign a block of a BFT ordering service: a quorum of the consenters, each by its exact
   * identity.
   *
   * @param consenters serialized identities in consenter order
   */
  public static SignaturePolicyEnvelope bftBlockValidation(List<ByteString> consenters) {
    SignaturePolicyEnvelope.Builder envelope = SignaturePolicyEnvelope.newBuilder();
    List<SignaturePolicy> rules = new ArrayList<>();
    for (ByteString consenter : consenters) {
      rules.add(signedBy(rules.size()));
      envelope.addIdentities(
          MSPPrincipal.newBuilder()
              .setPrincipalClassification(MSPPrincipal.Classification.IDENTITY)
              .setPrincipal(consenter));
    }
    return envelope.setRule(nOutOf(bftQuorum(consenters.size()), rules)).build();
  }

  /** The number of matching answers out of n that a BFT ordering service needs. */
  public static int bftQuorum(int n) {
    int faulty = (n - 1) / 3;
    return (n + faulty + 2) / 2;
  }
}
