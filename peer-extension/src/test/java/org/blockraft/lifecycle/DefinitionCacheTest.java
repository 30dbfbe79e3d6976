package org.blockraft.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.ApplicationPolicy;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionCacheTest {
  @TempDir Path dir;
  private LifecycleChannel channel;

  @BeforeEach
  void open() {
    channel = new LifecycleChannel(dir);
  }

  private void approve(String org, long sequence, String version, String packageId) {
    run(
        org,
        "ApproveChaincodeDefinitionForMyOrg",
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName("cc")
            .setSequence(sequence)
            .setVersion(version)
            .setSource(
                ChaincodeSource.newBuilder()
                    .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId(packageId)))
            .build()
            .toByteString());
  }

  private void commit(long sequence, String version) {
    run(
        LifecycleChannel.ORG,
        "CommitChaincodeDefinition",
        CommitChaincodeDefinitionArgs.newBuilder()
            .setName("cc")
            .setSequence(sequence)
            .setVersion(version)
            .build()
            .toByteString());
  }

  private void run(String org, String function, ByteString args) {
    try (TransactionSimulator simulator = channel.simulator()) {
      Response response = channel.call(org, function, args, simulator);
      assertEquals("", response.getMessage());
      channel.commit(simulator);
    }
  }

  private LocalDefinition local() {
    return channel.definitions.local("cc").orElseThrow();
  }

  @Test
  void definitionIsInvocableOnceApprovedCommittedAndInstalled() {
    approve(LifecycleChannel.ORG, 1, "1", "p:1");
    assertTrue(channel.definitions.local("cc").isEmpty());
    commit(1, "1");
    assertTrue(local().approved());
    assertFalse(local().invocable());

    channel.cache.installed("p:1", "p");
    assertTrue(local().invocable());
    assertEquals(Optional.of("p:1"), local().packageId());
    assertEquals(List.of("runnable p:1"), channel.events);
    InstalledChaincode installed = channel.cache.installedChaincode("p:1");
    assertEquals(
        List.of(new InstalledChaincode.Reference("cc", "1")), installed.references().get("sample"));
  }

  @Test
  void packageInstalledFirstRunsWhenTheDefinitionIsCommitted() {
    channel.cache.installed("p:1", "p");
    approve(LifecycleChannel.ORG, 1, "1", "p:1");
    commit(1, "1");
    assertEquals(List.of("installed p:1", "runnable p:1"), channel.events);
    assertTrue(local().invocable());
  }

  @Test
  void redefinitionMovesToTheNextPackageAndStopsTheOldOne() {
    channel.cache.installed("p:1", "p");
    channel.cache.installed("p:2", "p");
    approve(LifecycleChannel.ORG, 1, "1", "p:1");
    commit(1, "1");
    approve(LifecycleChannel.ORG, 2, "2", "p:2");
    channel.events.clear();
    commit(2, "2");
    assertEquals(List.of("stoppable p:1", "runnable p:2"), channel.events);
    assertEquals(2, local().definition().sequence());
    assertTrue(channel.cache.installedChaincode("p:1").references().isEmpty());
  }

  @Test
  void approvalAfterCommitIsNoticedByItsHash() {
    approve("Org2MSP", 1, "1", "p:9");
    run2CommitOfOrg2();
    assertFalse(local().approved());
    channel.cache.installed("p:1", "p");
    approve(LifecycleChannel.ORG, 1, "1", "p:1");
    assertTrue(local().invocable());
  }

  private void run2CommitOfOrg2() {
    run(
        "Org2MSP",
        "CommitChaincodeDefinition",
        CommitChaincodeDefinitionArgs.newBuilder()
            .setName("cc")
            .setSequence(1)
            .setVersion("1")
            .build()
            .toByteString());
  }

  @Test
  void unknownPackageIsAnError() {
    LifecycleException missing =
        assertThrows(LifecycleException.class, () -> channel.cache.installedChaincode("nothing:1"));
    assertEquals("could not find chaincode with package id 'nothing:1'", missing.getMessage());
  }

  @Test
  void validationFollowsTheCommittedDefinition() throws Exception {
    approve(LifecycleChannel.ORG, 1, "1", "p:1");
    assertTrue(
        channel.definitions.validationInfo("cc", channel.state(), channel.config()).isEmpty());
    var before = channel.state().copy();
    commit(1, "1");
    var info =
        channel.definitions.validationInfo("cc", channel.state(), channel.config()).orElseThrow();
    assertEquals("vscc", info.plugin());
    assertEquals(
        "/Channel/Application/Endorsement",
        ApplicationPolicy.parseFrom(info.policy()).getChannelConfigPolicyReference());
    // An older state still has its own answer.
    assertTrue(channel.definitions.validationInfo("cc", before, channel.config()).isEmpty());
  }

  @Test
  void lifecycleItselfNeedsMostOrganizationsAndOwnersTheirOwnCollections() throws Exception {
    ByteString policy =
        channel
            .definitions
            .validationInfo("_lifecycle", channel.state(), channel.config())
            .orElseThrow()
            .policy();
    var rule = ApplicationPolicy.parseFrom(policy).getSignaturePolicy().getRule();
    assertEquals(2, rule.getNOutOf().getN());

    ByteString own =
        channel
            .definitions
            .collectionPolicy(
                "_lifecycle", "_implicit_org_Org2MSP", channel.state(), channel.config())
            .orElseThrow();
    assertEquals(1, ApplicationPolicy.parseFrom(own).getSignaturePolicy().getIdentitiesCount());
    assertTrue(
        channel
            .definitions
            .collectionPolicy(
                "_lifecycle", "_implicit_org_Nobody", channel.state(), channel.config())
            .isEmpty());
  }

  @Test
  void metadataListsDefinitionsAndTheLifecycle() {
    approve(LifecycleChannel.ORG, 1, "1", "p:1");
    commit(1, "1");
    assertEquals(
        List.of("cc", "_lifecycle"),
        channel.definitions.metadata().stream().map(ChaincodeMetadata::name).toList());
  }
}
