package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.hyperledger.fabric.protos.common.BlockDataHashingStructure;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.HashingAlgorithm;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.orderer.BatchTimeout;
import org.hyperledger.fabric.protos.peer.ACLs;
import org.hyperledger.fabric.protos.peer.APIResource;
import org.hyperledger.fabric.protos.peer.AnchorPeer;
import org.hyperledger.fabric.protos.peer.AnchorPeers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelConfigTest {
  @TempDir Path dir;
  private SampleChannel channel;

  @BeforeEach
  void setUp() {
    channel = new SampleChannel(dir);
  }

  @Test
  void shouldReadEverythingAPeerNeeds() {
    AnchorPeers anchors =
        AnchorPeers.newBuilder()
            .addAnchorPeers(AnchorPeer.newBuilder().setHost("peer0").setPort(7051))
            .build();
    ACLs acls =
        ACLs.newBuilder()
            .putAcls("peer/Propose", APIResource.newBuilder().setPolicyRef("Readers").build())
            .putAcls(
                "qscc/GetChainInfo", APIResource.newBuilder().setPolicyRef("/Channel/X").build())
            .putAcls("event/Block", APIResource.getDefaultInstance())
            .build();
    ChannelConfig config =
        parse(
            application(
                group ->
                    group.toBuilder()
                        .putValues("ACLs", SampleChannel.value(acls))
                        .putGroups(
                            "Org1",
                            SampleChannel.organization(channel.org1)
                                .putValues("AnchorPeers", SampleChannel.value(anchors))
                                .build())
                        .build()));

    assertEquals(SampleChannel.ID, config.channelId());
    assertEquals(Set.of("Org1MSP", "Org2MSP"), config.applicationMspIds());
    assertEquals(anchors.getAnchorPeersList(), config.applicationOrgs().get("Org1").anchorPeers());
    assertEquals(
        Map.of("peer/Propose", "/Channel/Application/Readers", "qscc/GetChainInfo", "/Channel/X"),
        config.acls());
    OrdererSection orderer = config.orderer().orElseThrow();
    assertEquals("etcdraft", orderer.consensusType());
    assertEquals(Duration.ofSeconds(2), orderer.batchTimeout());
    OrdererOrg org = orderer.organizations().get("OrdererOrg");
    assertEquals(List.of("localhost:1"), org.endpoints());
    assertEquals(List.of(channel.ordering.tlsAuthorityPem()), org.tlsRoots());
    assertTrue(config.application().purgePrivateData());
    assertTrue(config.channel().orgSpecificOrdererEndpoints());
    assertEquals(MspVersion.V1_4_3, config.channel().mspVersion());
    assertTrue(config.policies().policy("/Channel/Application/Writers").isPresent());
    config.requireCompatible();
  }

  @Test
  void shouldRefuseUnexpectedKeysAndGroups() {
    ConfigValue odd = SampleChannel.value(HashingAlgorithm.getDefaultInstance());
    assertEquals(
        "initializing channelconfig failed: failed to deserialize values: Unexpected key Odd",
        refusal(root -> root.toBuilder().putValues("Odd", odd).build()));
    assertEquals(
        "initializing channelconfig failed: could not create channel Application sub-group config:"
            + " failed to deserialize values: Unexpected key Odd",
        refusal(application(group -> group.toBuilder().putValues("Odd", odd).build())));
    assertEquals(
        "initializing channelconfig failed: Disallowed channel group: Odd",
        refusal(
            root -> root.toBuilder().putGroups("Odd", ConfigGroup.getDefaultInstance()).build()));
  }

  @Test
  void shouldRefuseChannelValuesThatNoPeerUnderstands() {
    assertEquals(
        "initializing channelconfig failed: Unknown hashing algorithm type: MD5",
        refusal(value("HashingAlgorithm", HashingAlgorithm.newBuilder().setName("MD5").build())));
    assertEquals(
        "initializing channelconfig failed: BlockDataHashStructure width only supported at"
            + " MaxUint32 in this version",
        refusal(
            value(
                "BlockDataHashingStructure",
                BlockDataHashingStructure.newBuilder().setWidth(7).build())));
    assertEquals(
        "initializing channelconfig failed: global OrdererAddresses are not allowed with V3_0"
            + " capability, use org specific addresses only",
        refusal(
            root ->
                root.toBuilder()
                    .putValues("Capabilities", SampleChannel.capabilities("V3_0"))
                    .putValues(
                        "OrdererAddresses",
                        SampleChannel.value(
                            OrdererAddresses.newBuilder().addAddresses("a:1").build()))
                    .build()));
    assertEquals(
        "initializing channelconfig failed: could not create channel Orderer sub-group config:"
            + " Attempted to set the batch timeout to a non-positive value: 0s",
        refusal(
            orderer(
                group ->
                    group.toBuilder()
                        .putValues(
                            "BatchTimeout",
                            SampleChannel.value(BatchTimeout.newBuilder().setTimeout("0s").build()))
                        .build())));
  }

  @Test
  void shouldRefuseTwoVersionsOfOneMsp() {
    SampleOrganization impostor = new SampleOrganization("Org1MSP");
    assertEquals(
        "initializing channelconfig failed: could not create channel Application sub-group config:"
            + " Attempted to define two different versions of MSP: Org1MSP",
        refusal(
            application(
                group ->
                    group.toBuilder()
                        .putGroups("Org3", SampleChannel.organization(impostor).build())
                        .build())));
  }

  @Test
  void shouldRefuseMalformedNames() {
    Config config = Config.newBuilder().setChannelGroup(channel.root("localhost:1")).build();
    assertEquals(
        "initializing configtx manager failed: bad channel ID: 'Sample' contains illegal characters",
        assertThrows(ConfigException.class, () -> ChannelConfig.of("Sample", config)).getMessage());
    assertEquals(
        "initializing configtx manager failed: error converting config to map: illegal characters"
            + " in key: [Group]  : config ID 'Org 3' contains illegal characters",
        refusal(
            application(
                group ->
                    group.toBuilder()
                        .putGroups(
                            "Org 3",
                            SampleChannel.organization(new SampleOrganization("Org3MSP")).build())
                        .build())));
  }

  @Test
  void shouldStopAtUnknownCapabilities() {
    ChannelConfig unknownChannel =
        parse(
            root ->
                root.toBuilder()
                    .putValues("Capabilities", SampleChannel.capabilities("V2_0", "V9_9"))
                    .build());
    ConfigIncompatibleException stopped =
        assertThrows(ConfigIncompatibleException.class, unknownChannel::requireCompatible);
    assertEquals(
        "[channel sample] incompatible: Channel capability V9_9 is required but not supported",
        stopped.getMessage());

    ChannelConfig noApplication =
        parse(root -> root.toBuilder().removeGroups("Application").build());
    assertEquals(
        "[channel sample] does not have application config so is incompatible",
        assertThrows(ConfigIncompatibleException.class, noApplication::requireCompatible)
            .getMessage());
  }

  @Test
  void shouldRefuseCapabilitiesBeforeTheOrderersHaveAny() {
    assertEquals(
        "cannot enable channel capabilities without orderer support first",
        refusal(orderer(group -> group.toBuilder().removeValues("Capabilities").build())));
  }

  @Test
  void shouldRejectBlocksWhenThereIsNoPolicyForThem() {
    ChannelConfig config =
        parse(orderer(group -> group.toBuilder().removePolicies("BlockValidation").build()));
    PolicyException refused =
        assertThrows(
            PolicyException.class, () -> config.blockValidation().evaluateSignedData(List.of()));
    assertEquals("no such policy: 'Orderer/BlockValidation'", refused.getMessage());
  }

  private ChannelConfig parse(UnaryOperator<ConfigGroup> change) {
    ConfigGroup root = change.apply(channel.root("localhost:1"));
    return ChannelConfig.of(SampleChannel.ID, Config.newBuilder().setChannelGroup(root).build());
  }

  private String refusal(UnaryOperator<ConfigGroup> change) {
    return assertThrows(ConfigException.class, () -> parse(change)).getMessage();
  }

  private static UnaryOperator<ConfigGroup> value(String key, Message content) {
    return root -> root.toBuilder().putValues(key, SampleChannel.value(content)).build();
  }

  private static UnaryOperator<ConfigGroup> application(UnaryOperator<ConfigGroup> change) {
    return inside("Application", change);
  }

  private static UnaryOperator<ConfigGroup> orderer(UnaryOperator<ConfigGroup> change) {
    return inside("Orderer", change);
  }

  private static UnaryOperator<ConfigGroup> inside(String name, UnaryOperator<ConfigGroup> change) {
    return root ->
        root.toBuilder().putGroups(name, change.apply(root.getGroupsOrThrow(name))).build();
  }
}
