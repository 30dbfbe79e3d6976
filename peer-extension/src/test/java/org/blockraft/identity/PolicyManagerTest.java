package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ImplicitMetaPolicy;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.Policy.PolicyType;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.junit.jupiter.api.Test;

final class PolicyManagerTest {
  private static final ByteString DATA = ByteString.copyFromUtf8("data");

  private final TestOrg org1 = new TestOrg("Org1MSP");
  private final TestOrg org2 = new TestOrg("Org2MSP");
  private final MspManager msps = MspManager.of(List.of(org1.msp(), org2.msp()));
  private final PolicyManager channel =
      PolicyManager.of(
          "Channel",
          ConfigGroup.newBuilder()
              .putGroups("Application", application().build())
              .putPolicies("Writers", meta(ImplicitMetaPolicy.Rule.ANY, "Writers"))
              .build(),
          msps);

  private static ConfigGroup.Builder application() {
    return ConfigGroup.newBuilder()
        .putGroups("Org1", organization("Org1MSP"))
        .putGroups("Org2", organization("Org2MSP"))
        .putGroups("Org3", ConfigGroup.getDefaultInstance())
        .putPolicies("Writers", meta(ImplicitMetaPolicy.Rule.ANY, "Writers"))
        .putPolicies("Majority", meta(ImplicitMetaPolicy.Rule.MAJORITY, "Writers"))
        .putPolicies("All", meta(ImplicitMetaPolicy.Rule.ALL, "Writers"));
  }

  private static ConfigGroup organization(String mspId) {
    return ConfigGroup.newBuilder()
        .putPolicies(
            "Writers", signature(SignaturePolicies.signedByRole(mspId, MSPRoleType.CLIENT)))
        .build();
  }

  private static ConfigPolicy signature(SignaturePolicyEnvelope envelope) {
    return policy(PolicyType.SIGNATURE_VALUE, envelope.toByteString());
  }

  private static ConfigPolicy meta(ImplicitMetaPolicy.Rule rule, String name) {
    return policy(
        PolicyType.IMPLICIT_META_VALUE, SignaturePolicies.implicitMeta(rule, name).toByteString());
  }

  private static ConfigPolicy policy(int type, ByteString value) {
    return ConfigPolicy.newBuilder()
        .setPolicy(
            org.hyperledger.fabric.protos.common.Policy.newBuilder().setType(type).setValue(value))
        .build();
  }

  private String refusal(String path, SignedData... signatures) {
    return Recorded.refusal(
        () -> channel.policyOrReject(path).evaluateSignedData(List.of(signatures)));
  }

  @Test
  void shouldFindPoliciesByAbsoluteAndRelativePath() {
    SignedData client = org1.client().signed(DATA);
    for (String path :
        List.of(
            "/Channel/Writers",
            "/Channel/Application/Writers",
            "Application/Writers",
            "Application/Org1/Writers")) {
      assertEquals("", refusal(path, client), path);
    }
    assertTrue(channel.sub("Application").orElseThrow().policy("Org1/Writers").isPresent());
    assertTrue(
        channel
            .sub("Application")
            .orElseThrow()
            .policy("/Channel/Application/Org1/Writers")
            .isPresent());
  }

  @Test
  void shouldRejectUnknownPolicies() {
    SignedData client = org1.client().signed(DATA);
    assertEquals("no such policy: '/Other/Writers'", refusal("/Other/Writers", client));
    assertEquals("no such policy: 'Nothing'", refusal("/Channel/Nothing", client));
    assertEquals("no such policy: ''", refusal("/Channel", client));
    assertTrue(channel.policy("/Channel/Nothing").isEmpty());
  }

  @Test
  void shouldCountGroupsWithoutThePolicy() {
    SignedData first = org1.client().signed(DATA);
    SignedData second = org2.client().signed(DATA);
    assertEquals("", refusal("Application/Majority", first, second));
    assertEquals(
        "implicit policy evaluation failed - 1 sub-policies were satisfied, but this policy"
            + " requires 2 of the 'Writers' sub-policies to be satisfied",
        refusal("Application/Majority", first, first));
    assertEquals(
        "implicit policy evaluation failed - 2 sub-policies were satisfied, but this policy"
            + " requires 3 of the 'Writers' sub-policies to be satisfied",
        refusal("Application/All", first, second));
    assertEquals(
        "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy"
            + " requires 1 of the 'Writers' sub-policies to be satisfied",
        refusal("/Channel/Application/Writers", org1.peer().signed(DATA)));
  }

  @Test
  void shouldBeSatisfiedByAnyoneWithoutGroups() {
    PolicyManager empty =
        PolicyManager.of(
            "Channel",
            ConfigGroup.newBuilder()
                .putPolicies("Admins", meta(ImplicitMetaPolicy.Rule.MAJORITY, "Admins"))
                .build(),
            msps);
    empty.policyOrReject("Admins").evaluateSignedData(List.of());
  }

  @Test
  void shouldNotCompileMalformedPolicies() {
    SignaturePolicyEnvelope wrongIndex =
        SignaturePolicyEnvelope.newBuilder()
            .setRule(SignaturePolicies.nOutOf(1, List.of(SignaturePolicies.signedBy(0))))
            .build();
    assertEquals(
        "policy P at path Channel did not compile: identity index out of range, requested 0, but"
            + " identities length is 0",
        compileRefusal(signature(wrongIndex)));
    assertEquals(
        "policy P at path Channel did not compile: This evaluator only understands messages of"
            + " version 0, but version was 1",
        compileRefusal(signature(SignaturePolicies.acceptAll().toBuilder().setVersion(1).build())));
    assertEquals(
        "policy P at path Channel did not compile: Empty policy element",
        compileRefusal(signature(SignaturePolicyEnvelope.getDefaultInstance())));
    assertEquals(
        "policy P at path Channel has unknown policy type: 2",
        compileRefusal(policy(PolicyType.MSP_VALUE, ByteString.EMPTY)));
    assertEquals(
        "policy P at path Channel was nil", compileRefusal(ConfigPolicy.getDefaultInstance()));
  }

  private String compileRefusal(ConfigPolicy policy) {
    ConfigGroup group = ConfigGroup.newBuilder().putPolicies("P", policy).build();
    return Recorded.refusal(() -> PolicyManager.of("Channel", group, msps));
  }

  @Test
  void shouldExpressImplicitMetaAsSignaturePolicy() {
    PolicyManager two =
        PolicyManager.of(
            "Application",
            application().removeGroups("Org3").putGroups("Org4", organization("Org1MSP")).build(),
            msps);
    SignaturePolicyEnvelope converted = two.policyOrReject("Majority").toSignaturePolicy();
    assertEquals(2, converted.getIdentitiesCount());
    assertEquals(2, converted.getRule().getNOutOf().getN());
    assertEquals(3, converted.getRule().getNOutOf().getRulesCount());
    SignaturePolicies.compile(converted, msps)
        .evaluateSignedData(List.of(org1.client().signed(DATA), org2.client().signed(DATA)));
    assertEquals(
        "subpolicy number 2 type policies.rejectPolicy of policy Writers is not convertible",
        Recorded.refusal(() -> channel.policyOrReject("Writers").toSignaturePolicy())
            .replaceFirst("^.*?(subpolicy)", "$1"));
  }

  @Test
  void shouldAskAQuorumOfConsenters() {
    assertEquals(1, SignaturePolicies.bftQuorum(1));
    assertEquals(3, SignaturePolicies.bftQuorum(4));
    assertEquals(4, SignaturePolicies.bftQuorum(5));
    assertEquals(5, SignaturePolicies.bftQuorum(7));
    List<TestOrg.Member> orderers =
        List.of(org1.orderer(), org1.orderer(), org2.orderer(), org2.orderer());
    Policy policy =
        SignaturePolicies.compile(
            SignaturePolicies.bftBlockValidation(
                orderers.stream().map(TestOrg.Member::serialized).toList()),
            msps);
    List<SignedData> signed = orderers.stream().map(o -> o.signed(DATA)).toList();
    policy.evaluateSignedData(signed.subList(1, 4));
    assertEquals(
        "signature set did not satisfy policy",
        Recorded.refusal(() -> policy.evaluateSignedData(signed.subList(2, 4))));
  }
}
