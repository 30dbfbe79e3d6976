package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.orderer.BatchTimeout;
import org.hyperledger.fabric.protos.peer.AnchorPeer;
import org.hyperledger.fabric.protos.peer.AnchorPeers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigUpdatesTest {
  @TempDir Path dir;
  private SampleChannel channel;
  private ChannelConfig current;

  @BeforeEach
  void setUp() {
    channel = new SampleChannel(dir);
    current = channel.config("localhost:1");
  }

  @Test
  void shouldAcceptWhatItProposed() {
    ConfigEnvelope proposed = ConfigUpdates.propose(current, anchorUpdate(channel.admin1));
    ChannelConfig next = ConfigUpdates.apply(current, proposed);

    assertEquals(1, next.sequence());
    assertEquals(
        "peer0.org1", next.applicationOrgs().get("Org1").anchorPeers().getFirst().getHost());
    assertEquals(
        1,
        proposed
            .getConfig()
            .getChannelGroup()
            .getGroupsOrThrow("Application")
            .getGroupsOrThrow("Org1")
            .getVersion());
    assertEquals(current.applicationOrgs().get("Org2").mspId(), "Org2MSP");
  }

  @Test
  void shouldWantTheSignatureThatTheModPolicyWants() {
    String unsatisfied =
        "error authorizing update: error validating DeltaSet: policy for [Group]  "
            + "/Channel/Application/Org1 not satisfied: signature set did not satisfy policy";
    assertEquals(unsatisfied, refusal(anchorUpdate(channel.client1)));
    assertEquals(unsatisfied, refusal(anchorUpdate(channel.admin2)));
  }

  @Test
  void shouldRefuseStaleReads() {
    ConfigGroup read = application(org(7));
    assertEquals(
        "error authorizing update: error validating ReadSet: proposed update requires that key "
            + "[Group]  /Channel/Application/Org1 be at version 7, but it is currently at version 0",
        refusal(SampleChannel.update(read, read, channel.admin1)));
    ConfigGroup unknown =
        root(ConfigGroup.newBuilder().putGroups("Org9", ConfigGroup.getDefaultInstance()).build());
    assertEquals(
        "error authorizing update: error validating ReadSet: existing config does not contain"
            + " element for [Group]  /Channel/Application/Org9 but was in the read set",
        refusal(SampleChannel.update(unknown, unknown, channel.admin1)));
  }

  @Test
  void shouldRefuseUpdatesWithoutEffectAndWrongVersions() {
    ConfigGroup read = application(org(0));
    assertEquals(
        "error authorizing update: error validating DeltaSet: delta set was empty -- update would"
            + " have no effect",
        refusal(SampleChannel.update(read, read, channel.admin1)));
    ConfigGroup skipping = application(org(2).toBuilder().setModPolicy("Admins").build());
    assertEquals(
        "error authorizing update: error validating DeltaSet: attempt to set key [Group]  "
            + "/Channel/Application/Org1 to version 2, but key is at version 0",
        refusal(SampleChannel.update(read, skipping, channel.admin1)));
    ConfigGroup noModPolicy = application(org(1));
    assertEquals(
        "error authorizing update: error validating DeltaSet: invalid mod_policy for element "
            + "[Group]  /Channel/Application/Org1: mod_policy not set",
        refusal(SampleChannel.update(read, noModPolicy, channel.admin1)));
  }

  @Test
  void shouldNeedAMajorityOfOrganizationsForWhatBelongsToAll() {
    ConfigGroup read =
        ConfigGroup.newBuilder().putGroups("Orderer", ConfigGroup.getDefaultInstance()).build();
    ConfigValue timeout =
        SampleChannel.value(BatchTimeout.newBuilder().setTimeout("3s").build()).toBuilder()
            .setVersion(1)
            .build();
    ConfigGroup write =
        ConfigGroup.newBuilder()
            .putGroups(
                "Orderer", ConfigGroup.newBuilder().putValues("BatchTimeout", timeout).build())
            .build();

    assertTrue(
        refusal(SampleChannel.update(read, write, channel.admin1, channel.admin2))
            .contains("policy for [Value]  /Channel/Orderer/BatchTimeout not satisfied"));
  }

  @Test
  void shouldStopAtADeliveredConfigThatDoesNotFollow() {
    ConfigEnvelope good = ConfigUpdates.propose(current, anchorUpdate(channel.admin1));
    ConfigEnvelope wrongSequence =
        good.toBuilder().setConfig(good.getConfig().toBuilder().setSequence(5)).build();
    assertEquals(
        "config currently at sequence 0, cannot validate config at sequence 5",
        stop(wrongSequence));
    ConfigEnvelope other =
        good.toBuilder()
            .setConfig(
                good.getConfig().toBuilder()
                    .setChannelGroup(
                        good.getConfig().getChannelGroup().toBuilder().setModPolicy("Readers")))
            .build();
    assertEquals(
        "ConfigEnvelope LastUpdate did not produce the supplied config result", stop(other));
    assertEquals("config envelope has nil config", stop(ConfigEnvelope.getDefaultInstance()));
    assertEquals("envelope must have a Header", stop(good.toBuilder().clearLastUpdate().build()));
  }

  @Test
  void shouldRefuseAChangedMspId() {
    SampleOrganization renamed = new SampleOrganization("Org3MSP");
    ConfigGroup changed =
        channel.root("localhost:1").toBuilder()
            .putGroups(
                "Application",
                channel.root("localhost:1").getGroupsOrThrow("Application").toBuilder()
                    .putGroups("Org2", SampleChannel.organization(renamed).build())
                    .build())
            .build();
    ChannelConfig next =
        ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(changed).build());
    assertEquals(
        "application org Org2 attempted to change MSP ID from Org2MSP to Org3MSP",
        assertThrows(ConfigException.class, () -> ConfigTransition.check(current, next))
            .getMessage());
  }

  @Test
  void shouldAdoptElementsWithoutModPolicy() {
    ConfigGroup old = channel.root("localhost:1").toBuilder().clearModPolicy().build();
    ChannelConfig before =
        ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(old).build());
    ConfigEnvelope proposed = ConfigUpdates.propose(before, anchorUpdate(channel.admin1));

    assertEquals("Admins", proposed.getConfig().getChannelGroup().getModPolicy());
    assertEquals(1, ConfigUpdates.apply(before, proposed).sequence());
  }

  private Envelope anchorUpdate(LocalMsp signer) {
    ConfigGroup unchanged = org(0);
    AnchorPeers anchors =
        AnchorPeers.newBuilder()
            .addAnchorPeers(AnchorPeer.newBuilder().setHost("peer0.org1").setPort(7051))
            .build();
    ConfigGroup changed =
        unchanged.toBuilder()
            .setVersion(1)
            .setModPolicy("Admins")
            .putValues("AnchorPeers", SampleChannel.value(anchors))
            .build();
    return SampleChannel.update(application(unchanged), application(changed), signer);
  }

  /** Org1 with all its elements named at version 0, as configtxlator writes them. */
  private static ConfigGroup org(long version) {
    return ConfigGroup.newBuilder()
        .setVersion(version)
        .putPolicies(
            "Admins", org.hyperledger.fabric.protos.common.ConfigPolicy.getDefaultInstance())
        .putPolicies(
            "Readers", org.hyperledger.fabric.protos.common.ConfigPolicy.getDefaultInstance())
        .putPolicies(
            "Writers", org.hyperledger.fabric.protos.common.ConfigPolicy.getDefaultInstance())
        .putValues("MSP", ConfigValue.getDefaultInstance())
        .build();
  }

  private static ConfigGroup application(ConfigGroup org1) {
    return root(ConfigGroup.newBuilder().putGroups("Org1", org1).build());
  }

  private static ConfigGroup root(ConfigGroup application) {
    return ConfigGroup.newBuilder().putGroups("Application", application).build();
  }

  private String refusal(Envelope update) {
    return assertThrows(ConfigException.class, () -> ConfigUpdates.propose(current, update))
        .getMessage();
  }

  private String stop(ConfigEnvelope delivered) {
    return assertThrows(ConfigException.class, () -> ConfigUpdates.apply(current, delivered))
        .getMessage();
  }
}
