package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.junit.jupiter.api.Test;

/**
 * Facts of Fabric's common/policies/inquire tests, in short names: "A" a member, "A.peer" a peer of
 * A.
 */
final class PrincipalSetTest {
  private static MSPPrincipal principal(String name) {
    String[] parts = name.split("\\.");
    MSPRole role =
        MSPRole.newBuilder()
            .setMspIdentifier(parts[0])
            .setRole(parts.length == 1 ? MSPRole.MSPRoleType.MEMBER : MSPRole.MSPRoleType.PEER)
            .build();
    return MSPPrincipal.newBuilder()
        .setPrincipalClassification(MSPPrincipal.Classification.ROLE)
        .setPrincipal(role.toByteString())
        .build();
  }

  private static String name(MSPPrincipal principal) {
    try {
      MSPRole role = MSPRole.parseFrom(principal.getPrincipal());
      return role.getRole() == MSPRole.MSPRoleType.MEMBER
          ? role.getMspIdentifier()
          : role.getMspIdentifier() + ".peer";
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<PrincipalSet> sets(String... sets) {
    return Arrays.stream(sets)
        .map(set -> Arrays.stream(set.split(" ")).map(PrincipalSetTest::principal).toList())
        .map(set -> PrincipalSet.of(set).orElseThrow())
        .toList();
  }

  private static Set<String> names(List<PrincipalSet> sets) {
    return sets.stream()
        .map(
            set ->
                set.principals().stream()
                    .map(p -> name(p.principal()))
                    .sorted()
                    .collect(Collectors.joining(" ")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void expectMerge(List<PrincipalSet> a, List<PrincipalSet> b, String... merged) {
    assertEquals(new TreeSet<>(List.of(merged)), names(PrincipalSet.merge(a, b)));
    assertEquals(new TreeSet<>(List.of(merged)), names(PrincipalSet.merge(b, a)));
  }

  @Test
  void setsThatHoldOthersCoverThem() {
    expectMerge(sets("A"), sets("A"), "A");
    expectMerge(sets("A"), sets("A B"), "A B");
    expectMerge(sets("A"), sets("A.peer"), "A.peer");
    expectMerge(sets("A.peer B.peer"), sets("A", "B"), "A.peer B.peer");
  }

  @Test
  void setsWithNothingInCommonAreCombined() {
    expectMerge(sets("A"), sets("B"), "A B");
    expectMerge(sets("A", "B"), sets("C", "D"), "A C", "A D", "B C", "B D");
    expectMerge(sets("A B", "C"), sets("A D", "C"), "C", "A B D");
  }

  @Test
  void repetitionsAreKept() {
    expectMerge(sets("A A"), sets("A"), "A A");
    expectMerge(sets("A A"), sets("A.peer B"), "A A.peer B");
  }

  private static List<String> ways(SignaturePolicyEnvelope policy) {
    return PolicyPrincipals.of(policy, new Random(1)).stream()
        .map(way -> way.stream().map(PrincipalSetTest::name).collect(Collectors.joining(" ")))
        .toList();
  }

  @Test
  void policiesHaveAllTheirWays() {
    assertEquals(List.of("A", "B"), ways(GatewayFixture.outOf(1, "A", "B")));
    assertEquals(List.of("A B", "A C", "B C"), ways(GatewayFixture.outOf(2, "A", "B", "C")));
    assertEquals(List.of("A B"), ways(GatewayFixture.allOf("A", "B")));
    assertEquals(List.of(), ways(GatewayFixture.outOf(3, "A", "B")));
    assertEquals(List.of(), ways(GatewayFixture.outOf(0, "A", "B")));
    assertEquals(List.of(), ways(SignaturePolicyEnvelope.getDefaultInstance()));
  }

  @Test
  void rulesMayStandInsideRules() {
    SignaturePolicy either =
        SignaturePolicy.newBuilder()
            .setNOutOf(SignaturePolicy.NOutOf.newBuilder().setN(1).addRules(by(1)).addRules(by(2)))
            .build();
    SignaturePolicyEnvelope policy =
        SignaturePolicyEnvelope.newBuilder()
            .addAllIdentities(List.of(principal("A"), principal("B"), principal("C")))
            .setRule(
                SignaturePolicy.newBuilder()
                    .setNOutOf(
                        SignaturePolicy.NOutOf.newBuilder()
                            .setN(2)
                            .addRules(by(0))
                            .addRules(either)))
            .build();
    assertEquals(List.of("A B", "A C"), ways(policy));
    SignaturePolicyEnvelope outOfBounds = policy.toBuilder().setRule(by(7)).build();
    assertEquals(List.of(), ways(outOfBounds));
  }

  private static SignaturePolicy by(int index) {
    return SignaturePolicy.newBuilder().setSignedBy(index).build();
  }

  @Test
  void policiesWithVeryManyWaysAreCutDown() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add("Org" + i);
    }
    int ways = ways(GatewayFixture.outOf(20, many.toArray(String[]::new))).size();
    assertEquals(true, ways > 0 && ways <= 10_000, "ways: " + ways);
  }
}
