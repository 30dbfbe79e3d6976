package org.blockraft.lifecycle;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionRulesTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"a", "mycc", "my-cc_2", "0"})
  void goodNames(String name) {
    assertDoesNotThrow(() -> DefinitionRules.requireName(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_a", "-a", "a-", "a_", "a__b", "a-_b", "a.b", "a b", "ä", "a\n"})
  void badNames(String name) {
    assertEquals(
        "invalid chaincode name '"
            + name
            + "'. Names can only consist of alphanumerics, '_', and '-' and can only begin with alphanumerics",
        refused(() -> DefinitionRules.requireName(name)));
  }

  @Test
  void systemNamesAreReserved() {
    assertEquals(
        "chaincode name 'lscc' is the name of a system chaincode",
        refused(() -> DefinitionRules.requireName("lscc")));
  }

  @Test
  void versions() {
    assertDoesNotThrow(() -> DefinitionRules.requireVersion("1.0-a_b+c"));
    assertEquals(
        "invalid chaincode version '1 0'. Versions can only consist of alphanumerics, '_', '-', '+', and '.'",
        refused(() -> DefinitionRules.requireVersion("1 0")));
  }

  private static StaticCollectionConfig.Builder collection(String name, String... members) {
    return StaticCollectionConfig.newBuilder()
        .setName(name)
        .setMemberOrgsPolicy(
            CollectionPolicyConfig.newBuilder()
                .setSignaturePolicy(
                    SignaturePolicies.signedByNOutOf(1, MSPRoleType.MEMBER, List.of(members))));
  }

  private static CollectionConfigPackage all(StaticCollectionConfig.Builder... collections) {
    CollectionConfigPackage.Builder all = CollectionConfigPackage.newBuilder();
    for (StaticCollectionConfig.Builder collection : collections) {
      all.addConfig(CollectionConfig.newBuilder().setStaticCollectionConfig(collection));
    }
    return all.build();
  }

  @Test
  void collectionsMustMakeSenseOnTheChannel() {
    MspManager msps = new SampleChannel(dir).config().msps();
    assertDoesNotThrow(
        () ->
            DefinitionRules.requireCollections(
                all(collection("a", "Org1MSP"), collection("b-1", "Org1MSP", "Org2MSP")), msps));
    assertEquals(
        "invalid collection name '_a'. Names can only consist of alphanumerics, '_', and '-' and cannot begin with '_'",
        refused(() -> DefinitionRules.requireCollections(all(collection("_a", "Org1MSP")), msps)));
    assertEquals(
        "collection-name: a -- found duplicate in collection configuration",
        refused(
            () ->
                DefinitionRules.requireCollections(
                    all(collection("a", "Org1MSP"), collection("a", "Org1MSP")), msps)));
    assertEquals(
        "collection-name: a -- maximum peer count (1) cannot be less than the required peer count (2)",
        refused(
            () ->
                DefinitionRules.requireCollections(
                    all(collection("a", "Org1MSP").setRequiredPeerCount(2).setMaximumPeerCount(1)),
                    msps)));
    assertEquals(
        "collection-name: a -- requiredPeerCount (-1) cannot be less than zero",
        refused(
            () ->
                DefinitionRules.requireCollections(
                    all(collection("a", "Org1MSP").setRequiredPeerCount(-1)), msps)));
    assertEquals(
        "collection member policy is not set for collection 'a'",
        refused(
            () ->
                DefinitionRules.requireCollections(
                    all(StaticCollectionConfig.newBuilder().setName("a")), msps)));
    assertEquals(
        "collection-name: a -- collection member 'Org9MSP' is not part of the channel",
        refused(() -> DefinitionRules.requireCollections(all(collection("a", "Org9MSP")), msps)));
  }

  @Test
  void memberPolicyMustBeAnyOfItsMembers() {
    MspManager msps = new SampleChannel(dir).config().msps();
    StaticCollectionConfig.Builder both =
        StaticCollectionConfig.newBuilder()
            .setName("a")
            .setMemberOrgsPolicy(
                CollectionPolicyConfig.newBuilder()
                    .setSignaturePolicy(
                        SignaturePolicies.signedByNOutOf(
                            2, MSPRoleType.MEMBER, List.of("Org1MSP", "Org2MSP"))));
    assertEquals(
        "collection-name: a -- error in member org policy: signature policy is not an OR concatenation, NOutOf 2",
        refused(() -> DefinitionRules.requireCollections(all(both), msps)));
  }

  @Test
  void committedCollectionsStayWithTheirLifetime() {
    CollectionConfigPackage committed = all(collection("a", "Org1MSP").setBlockToLive(7));
    assertEquals(
        "the proposed collection config does not contain previously defined collections",
        refused(() -> DefinitionRules.requireKept(List.of(), committed)));
    assertEquals(
        "existing collection [a] missing in the proposed collection configuration",
        refused(
            () ->
                DefinitionRules.requireKept(
                    all(collection("b", "Org1MSP")).getConfigList(), committed)));
    assertEquals(
        "the BlockToLive in an existing collection [a] modified. Existing value [7]",
        refused(
            () ->
                DefinitionRules.requireKept(
                    all(collection("a", "Org1MSP")).getConfigList(), committed)));
  }

  private static String refused(Runnable action) {
    return assertThrows(LifecycleException.class, action::run).getMessage();
  }
}
