package org.blockraft.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.blockraft.chaincode.CollectionAccess;
import org.blockraft.chaincode.EndorsementInfo;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SignaturePolicies;
import org.blockraft.ledger.Ledger;
import org.blockraft.simulation.SimulationSettings;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerChannelServicesTest {
  private static final String CHANNEL = SampleChannel.ID;
  private static final CollectionConfigPackage COLLECTIONS =
      CollectionConfigPackage.newBuilder()
          .addConfig(collection("open", false, false))
          .addConfig(collection("guarded", true, true))
          .addConfig(collection("readable", false, true))
          .build();

  @TempDir Path dir;
  private LifecycleChannel channel;
  private PeerChannelServices services;

  private static CollectionConfig collection(String name, boolean read, boolean write) {
    return CollectionConfig.newBuilder()
        .setStaticCollectionConfig(
            StaticCollectionConfig.newBuilder()
                .setName(name)
                .setMemberOrgsPolicy(
                    CollectionPolicyConfig.newBuilder()
                        .setSignaturePolicy(
                            SignaturePolicies.signedByRole("Org2MSP", MSPRoleType.MEMBER)))
                .setMemberOnlyRead(read)
                .setMemberOnlyWrite(write))
        .build();
  }

  @BeforeEach
  void open() {
    channel = new LifecycleChannel(dir);
    services =
        new PeerChannelServices(directory(), null, SimulationSettings.DEFAULTS, List.of(), false);
  }

  private ChannelDirectory directory() {
    ChannelHandle handle =
        new ChannelHandle() {
          @Override
          public String channelId() {
            return CHANNEL;
          }

          @Override
          public ChannelConfig config() {
            return channel.config();
          }

          @Override
          public Ledger ledger() {
            throw new IllegalStateException("no ledger in this test");
          }

          @Override
          public CommittedDefinitions definitions() {
            return channel.definitions;
          }
        };
    return new ChannelDirectory() {
      @Override
      public Optional<ChannelHandle> channel(String id) {
        return id.equals(CHANNEL) ? Optional.of(handle) : Optional.empty();
      }

      @Override
      public List<String> ids() {
        return List.of(CHANNEL);
      }

      @Override
      public void join(Block genesis) {
        throw new IllegalStateException("no joining in this test");
      }
    };
  }

  private void run(String org, String function, ByteString args) {
    try (TransactionSimulator simulator = channel.simulator()) {
      Response response = channel.call(org, function, args, simulator);
      assertEquals("", response.getMessage());
      channel.commit(simulator);
    }
  }

  private void approve(String org) {
    run(
        org,
        "ApproveChaincodeDefinitionForMyOrg",
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName("cc")
            .setSequence(1)
            .setVersion("1")
            .setInitRequired(true)
            .setCollections(COLLECTIONS)
            .setSource(
                ChaincodeSource.newBuilder()
                    .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId("p:1")))
            .build()
            .toByteString());
  }

  private void commit(String org) {
    run(
        org,
        "CommitChaincodeDefinition",
        CommitChaincodeDefinitionArgs.newBuilder()
            .setName("cc")
            .setSequence(1)
            .setVersion("1")
            .setInitRequired(true)
            .setCollections(COLLECTIONS)
            .build()
            .toByteString());
  }

  private String refusal(String channelId, String chaincode) {
    try (TransactionSimulator simulator = channel.simulator()) {
      return assertThrows(
              LifecycleException.class, () -> services.resolve(channelId, chaincode, simulator))
          .getMessage();
    }
  }

  @Test
  void refusalsSayWhatIsMissing() {
    assertEquals("could not get channel config for channel 'other'", refusal("other", "cc"));
    assertEquals("chaincode cc not found", refusal(CHANNEL, "cc"));
    approve("Org2MSP");
    commit("Org2MSP");
    assertEquals(
        "chaincode definition for 'cc' at sequence 1 on channel 'sample' has not yet been approved by this org",
        refusal(CHANNEL, "cc"));
    approve("Org1MSP");
    assertEquals(
        "chaincode definition for 'cc' exists, but chaincode is not installed",
        refusal(CHANNEL, "cc"));
    channel.cache.installed("p:1", "p");
    try (TransactionSimulator simulator = channel.simulator()) {
      assertEquals(
          new EndorsementInfo("1", true, "p:1", "escc"),
          services.resolve(CHANNEL, "cc", simulator));
    }
  }

  @Test
  void definitionThatChangedDuringInvokeIsToldSo() {
    approve("Org1MSP");
    try (TransactionSimulator early = channel.simulator()) {
      commit("Org1MSP");
      assertEquals(
          "chaincode cc not found",
          assertThrows(LifecycleException.class, () -> services.resolve(CHANNEL, "cc", early))
              .getMessage());
    }
  }

  @Test
  void systemChaincodesNeedNoChannel() {
    assertEquals(
        new EndorsementInfo("syscc", false, "qscc.syscc", "escc"),
        services.resolve("", "qscc", null));
    assertTrue(services.isSystemChaincode("lscc"));
    assertEquals(
        "could not get channel config for channel ''",
        assertThrows(LifecycleException.class, () -> services.resolve("", "cc", null))
            .getMessage());
  }

  @Test
  void membersAndOthersHaveTheAccessTheCollectionGives() {
    approve("Org1MSP");
    commit("Org1MSP");
    SampleChannel sample = channel.sample();
    assertEquals(new CollectionAccess(true, true), access(sample.client1, "open"));
    assertEquals(new CollectionAccess(false, false), access(sample.client1, "guarded"));
    assertEquals(new CollectionAccess(true, false), access(sample.client1, "readable"));
    assertEquals(new CollectionAccess(true, true), access(sample.admin2, "guarded"));
    assertEquals(new CollectionAccess(true, true), access(sample.client1, "_implicit_org_Org2MSP"));
    assertEquals(
        "collection sample/cc/nothing could not be found",
        assertThrows(LifecycleException.class, () -> access(sample.client1, "nothing"))
            .getMessage());
  }

  private CollectionAccess access(LocalMsp client, String collection) {
    ByteString proposal =
        Proposal.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setSignatureHeader(client.signer().newSignatureHeader().toByteString())
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    SignedProposal signed =
        SignedProposal.newBuilder()
            .setProposalBytes(proposal)
            .setSignature(client.signer().sign(proposal))
            .build();
    try (TransactionSimulator simulator = channel.simulator()) {
      return services.collectionAccess(CHANNEL, "cc", collection, signed, simulator);
    }
  }

  @Test
  void capabilitiesComeFromTheConfiguration() {
    assertTrue(services.keyLevelEndorsement(CHANNEL));
    assertTrue(services.purgePvtData(CHANNEL));
    assertEquals(
        "application config does not exist for other",
        assertThrows(LifecycleException.class, () -> services.purgePvtData("other")).getMessage());
  }
}
