package org.blockraft.endorse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.simulation.CollectionName;
import org.blockraft.simulation.SimulationFacts;
import org.blockraft.simulation.WrittenKey;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.junit.jupiter.api.Test;

class InterestBuilderTest {
  private static final SignaturePolicyEnvelope POLICY =
      SignaturePolicies.signedByRole("Org1MSP", MSPRoleType.PEER);
  private static final Map<String, byte[]> KEY_POLICY =
      Map.of("VALIDATION_PARAMETER", POLICY.toByteArray());

  private static List<ChaincodeCall> calls(
      List<String> namespaces, List<WrittenKey> written, CollectionName... reads) {
    SimulationFacts facts = new SimulationFacts(namespaces, written, Set.of(reads));
    return InterestBuilder.build(facts, name -> name.equals("_lifecycle") || name.equals("lscc"))
        .getChaincodesList();
  }

  @Test
  void readOnlyNamespacesNeedTheirChaincodePolicy() {
    assertEquals(
        List.of(ChaincodeCall.newBuilder().setName("cc").build()),
        calls(List.of("_lifecycle", "cc"), List.of()));
  }

  @Test
  void systemNamespacesAreLeftOutEvenWhenWritten() {
    assertEquals(
        List.of(),
        calls(
            List.of("_lifecycle"),
            List.of(new WrittenKey("_lifecycle", "_implicit_org_Org1MSP", "k", Map.of()))));
  }

  @Test
  void keysWithTheirOwnPolicyReplaceTheChaincodePolicy() {
    ChaincodeCall call =
        calls(List.of("cc"), List.of(new WrittenKey("cc", "", "k", KEY_POLICY))).getFirst();
    assertTrue(call.getDisregardNamespacePolicy());
    assertEquals(List.of(POLICY), call.getKeyPoliciesList());

    ChaincodeCall mixed =
        calls(
                List.of("cc"),
                List.of(
                    new WrittenKey("cc", "", "k", KEY_POLICY),
                    new WrittenKey("cc", "", "l", Map.of())))
            .getFirst();
    assertFalse(mixed.getDisregardNamespacePolicy());
    assertEquals(1, mixed.getKeyPoliciesCount());
  }

  @Test
  void collectionsStandForThemselves() {
    List<ChaincodeCall> written =
        calls(List.of("cc"), List.of(new WrittenKey("cc", "secrets", "k", Map.of())));
    assertEquals(
        List.of(
            ChaincodeCall.newBuilder()
                .setName("cc")
                .addCollectionNames("secrets")
                .setNoPrivateReads(true)
                .build()),
        written);

    List<ChaincodeCall> read = calls(List.of("cc"), List.of(), new CollectionName("cc", "secrets"));
    assertEquals(2, read.size());
    assertEquals(ChaincodeCall.newBuilder().setName("cc").build(), read.get(0));
    assertFalse(read.get(1).getNoPrivateReads());
  }

  @Test
  void policyOfPrivateKeyCountsForThePublicCall() {
    List<ChaincodeCall> calls =
        calls(List.of("cc"), List.of(new WrittenKey("cc", "secrets", "k", KEY_POLICY)));
    assertEquals(1, calls.size());
    assertTrue(calls.getFirst().getDisregardNamespacePolicy());
    assertEquals(1, calls.getFirst().getKeyPoliciesCount());
  }
}
