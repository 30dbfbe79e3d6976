package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;

/**
 * The principals that satisfy all policies an invocation touches: of chaincodes, collections and
 * keys.
 *
 * <p>Fabric source: discovery/endorsement/endorsement.go computePrincipalSets,
 * discovery/support/chaincode.
 */
final class EndorsementPrincipals {
  private final ChaincodeDirectory chaincodes;
  private final RandomGenerator random;

  EndorsementPrincipals(ChaincodeDirectory chaincodes, RandomGenerator random) {
    this.chaincodes = chaincodes;
    this.random = random;
  }

  /**
   * The sets, each enough alone.
   *
   * @throws ServiceException with Fabric's text when there is none
   */
  List<PrincipalSet> of(String channelId, ChaincodeInterest interest) {
    List<List<PrincipalSet>> all = new ArrayList<>();
    for (ChaincodeCall call : interest.getChaincodesList()) {
      for (SignaturePolicyEnvelope policy : policies(channelId, call)) {
        all.add(
            sets(
                policy,
                "failed creating a comparable principal set",
                "endorsement policy cannot be satisfied"));
      }
    }
    List<List<PrincipalSet>> keyPolicies = new ArrayList<>();
    for (ChaincodeCall call : interest.getChaincodesList()) {
      for (SignaturePolicyEnvelope policy : call.getKeyPoliciesList()) {
        keyPolicies.add(
            sets(
                policy,
                "failed creating a comparable principal set for state based endorsement",
                "state based endorsement policy cannot be satisfied"));
      }
    }
    if (!keyPolicies.isEmpty()) {
      all.add(merge(keyPolicies));
    }
    return merge(all);
  }

  private static List<PrincipalSet> merge(List<List<PrincipalSet>> all) {
    if (all.isEmpty()) {
      throw new ServiceException("no principal sets remained after filtering");
    }
    List<PrincipalSet> merged = all.getFirst();
    for (List<PrincipalSet> next : all.subList(1, all.size())) {
      merged = PrincipalSet.merge(merged, next);
    }
    return merged;
  }

  private List<PrincipalSet> sets(
      SignaturePolicyEnvelope policy, String notComparable, String unsatisfiable) {
    List<PrincipalSet> sets = new ArrayList<>();
    for (List<MSPPrincipal> way : PolicyPrincipals.of(policy, random)) {
      Optional<PrincipalSet> set = PrincipalSet.of(way);
      sets.add(set.orElseThrow(() -> new ServiceException(notComparable)));
    }
    if (sets.isEmpty()) {
      throw new ServiceException(unsatisfiable);
    }
    return sets;
  }

  /** The policies of one call that count: of the chaincode or its collections, the former first. */
  private List<SignaturePolicyEnvelope> policies(String channelId, ChaincodeCall call) {
    List<SignaturePolicyEnvelope> policies =
        chaincodes
            .metadata(channelId, call.getName(), call.getCollectionNamesList())
            .map(metadata -> policies(metadata, call.getCollectionNamesList()))
            .orElse(List.of());
    if (policies.isEmpty()) {
      throw new ServiceException("policy not found");
    }
    if (!call.getDisregardNamespacePolicy()) {
      return policies;
    }
    if (policies.size() == 1 && call.getKeyPoliciesCount() == 0) {
      throw new ServiceException(
          "requested to disregard chaincode %s's policy but key and collection policies are missing, either disable DisregardNamespacePolicy or specify at least one key policy or at least one collection policy"
              .formatted(call.getName()));
    }
    // With a single one that is all of it; the sequence otherwise begins with the chaincode's own.
    return policies.subList(1, policies.size());
  }

  private static List<SignaturePolicyEnvelope> policies(
      ChaincodeFacts metadata, List<String> collections) {
    Set<ByteString> serialized = new LinkedHashSet<>();
    if (collections.isEmpty()) {
      serialized.add(metadata.policy());
    }
    for (String collection : collections) {
      serialized.add(metadata.collectionPolicies().getOrDefault(collection, metadata.policy()));
    }
    List<SignaturePolicyEnvelope> policies = new ArrayList<>();
    Optional<SignaturePolicyEnvelope> own = parse(metadata.policy());
    if (own.isEmpty()) {
      return List.of();
    }
    for (ByteString bytes : serialized) {
      Optional<SignaturePolicyEnvelope> policy = parse(bytes);
      if (policy.isEmpty()) {
        return List.of();
      }
      policies.add(policy.get());
    }
    return policies;
  }

  private static Optional<SignaturePolicyEnvelope> parse(ByteString bytes) {
    try {
      SignaturePolicyEnvelope policy = SignaturePolicyEnvelope.parseFrom(bytes);
      boolean empty = policy.getIdentitiesCount() == 0 || !policy.hasRule();
      return empty ? Optional.empty() : Optional.of(policy);
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
