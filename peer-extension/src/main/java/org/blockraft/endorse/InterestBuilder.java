package org.blockraft.endorse;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.blockraft.simulation.CollectionName;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.SimulationFacts;
import org.blockraft.simulation.WrittenKey;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.hyperledger.fabric.protos.peer.MetaDataKeys;

/**
 * Tells a gateway whose endorsements the simulated transaction needs. Used once, by one thread.
 *
 * <p>Fabric source: core/endorser/endorser.go buildChaincodeInterest.
 */
final class InterestBuilder {
  private static final String PUBLIC = "";
  private static final String KEY_POLICY = MetaDataKeys.VALIDATION_PARAMETER.name();

  private final Predicate<String> isSystemChaincode;

  /** Policies of single keys by chaincode. */
  private final Map<String, List<SignaturePolicyEnvelope>> keyPolicies = new LinkedHashMap<>();

  /** By chaincode and collection (empty = public state): whether its own policy is needed. */
  private final Map<String, Map<String, Boolean>> required = new LinkedHashMap<>();

  private InterestBuilder(Predicate<String> isSystemChaincode) {
    this.isSystemChaincode = isSystemChaincode;
  }

  static ChaincodeInterest build(SimulationFacts facts, Predicate<String> isSystemChaincode) {
    InterestBuilder builder = new InterestBuilder(isSystemChaincode);
    facts.writtenKeys().forEach(builder::addWritten);
    facts.namespaces().forEach(builder::addNamespace);
    facts.privateReads().forEach(read -> builder.require(read.namespace(), read.collection()));
    return builder.interest(facts);
  }

  private void addWritten(WrittenKey key) {
    Map<String, Boolean> collections =
        required.computeIfAbsent(
            key.namespace(),
            namespace -> {
              Map<String, Boolean> fresh = new LinkedHashMap<>();
              fresh.put(PUBLIC, false);
              return fresh;
            });
    byte[] policy = key.metadata().get(KEY_POLICY);
    if (policy == null) {
      collections.put(key.collection(), true);
    } else {
      keyPolicies.computeIfAbsent(key.namespace(), n -> new ArrayList<>()).add(parse(policy));
    }
  }

  private static SignaturePolicyEnvelope parse(byte[] policy) {
    try {
      return SignaturePolicyEnvelope.parseFrom(policy);
    } catch (InvalidProtocolBufferException e) {
      throw new SimulationException(
          "error unmarshalling SignaturePolicyEnvelope: proto: cannot parse invalid wire-format data",
          e);
    }
  }

  /** A namespace that is only read needs the policy of its chaincode. */
  private void addNamespace(String namespace) {
    if (!isSystemChaincode.test(namespace) && !required.containsKey(namespace)) {
      require(namespace, PUBLIC);
    }
  }

  private void require(String namespace, String collection) {
    required.computeIfAbsent(namespace, n -> new LinkedHashMap<>()).put(collection, true);
  }

  private ChaincodeInterest interest(SimulationFacts facts) {
    ChaincodeInterest.Builder interest = ChaincodeInterest.newBuilder();
    required.forEach(
        (chaincode, collections) -> {
          if (!isSystemChaincode.test(chaincode)) {
            collections
                .keySet()
                .forEach(collection -> addCall(interest, chaincode, collection, facts));
          }
        });
    return interest.build();
  }

  private void addCall(
      ChaincodeInterest.Builder interest,
      String chaincode,
      String collection,
      SimulationFacts facts) {
    ChaincodeCall.Builder call = ChaincodeCall.newBuilder().setName(chaincode);
    if (collection.isEmpty()) {
      List<SignaturePolicyEnvelope> policies = keyPolicies.getOrDefault(chaincode, List.of());
      boolean chaincodePolicy = required.get(chaincode).getOrDefault(PUBLIC, false);
      if (policies.isEmpty() && !chaincodePolicy) {
        return;
      }
      call.addAllKeyPolicies(policies).setDisregardNamespacePolicy(!chaincodePolicy);
    } else {
      boolean read = facts.privateReads().contains(new CollectionName(chaincode, collection));
      call.addCollectionNames(collection).setNoPrivateReads(!read);
    }
    interest.addChaincodes(call);
  }
}
