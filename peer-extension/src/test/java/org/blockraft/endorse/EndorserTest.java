package org.blockraft.endorse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.blockraft.chaincode.ChaincodeOutcome;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.SignaturePolicies;
import org.hyperledger.fabric.protos.common.BlockchainInfo;
import org.hyperledger.fabric.protos.common.MSPRole.MSPRoleType;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ChannelQueryResponse;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.CollectionPolicyConfig;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.hyperledger.fabric.protos.peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.ChaincodeSource;
import org.hyperledger.fabric.protos.peer.lifecycle.CommitChaincodeDefinitionArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.InstallChaincodeArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesArgs;
import org.hyperledger.fabric.protos.peer.lifecycle.QueryInstalledChaincodesResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndorserTest {
  private static final String CHANNEL = SampleChannel.ID;

  @TempDir Path dir;
  private EndorsingPeer peer;

  @BeforeEach
  void joinChannel() {
    peer = new EndorsingPeer(dir);
    ProposalResponse joined = join();
    assertEquals("", joined.getResponse().getMessage());
  }

  @AfterEach
  void close() {
    peer.close();
  }

  private ProposalResponse join() {
    return process(
        peer.sample.admin1, "", "cscc", text("JoinChain"), peer.genesisBlock().toByteString());
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private ProposalResponse process(
      LocalMsp client, String channel, String chaincode, ByteString... args) {
    return peer.endorser.process(EndorsingPeer.propose(client, channel, chaincode, args), true);
  }

  private void lifecycle(LocalMsp client, String function, Message args) throws Exception {
    SignedProposal signed =
        EndorsingPeer.propose(client, CHANNEL, "_lifecycle", text(function), args.toByteString());
    ProposalResponse response = peer.endorser.process(signed, true);
    assertEquals("", response.getResponse().getMessage());
    peer.commit(signed, response);
  }

  /** Installs, approves and commits a chaincode "cc" of version 1. */
  private void deploy() throws Exception {
    deploy(CollectionConfigPackage.getDefaultInstance());
  }

  private void deploy(CollectionConfigPackage collections) throws Exception {
    ProposalResponse installed =
        process(
            peer.sample.admin1,
            "",
            "_lifecycle",
            text("InstallChaincode"),
            InstallChaincodeArgs.newBuilder().build().toByteString());
    assertEquals(200, installed.getResponse().getStatus());
    lifecycle(
        peer.sample.admin1,
        "ApproveChaincodeDefinitionForMyOrg",
        ApproveChaincodeDefinitionForMyOrgArgs.newBuilder()
            .setName("cc")
            .setSequence(1)
            .setVersion("1")
            .setCollections(collections)
            .setSource(
                ChaincodeSource.newBuilder()
                    .setLocalPackage(ChaincodeSource.Local.newBuilder().setPackageId("p:1")))
            .build());
    lifecycle(
        peer.sample.admin1,
        "CommitChaincodeDefinition",
        CommitChaincodeDefinitionArgs.newBuilder()
            .setName("cc")
            .setSequence(1)
            .setVersion("1")
            .setCollections(collections)
            .build());
  }

  @Test
  void endorsementSignsWhatTheChaincodeDid() throws Exception {
    deploy();
    peer.contract =
        (simulator, input) -> {
          simulator.setState("cc", "k", "v".getBytes(StandardCharsets.UTF_8));
          return new ChaincodeOutcome(
              Response.newBuilder().setStatus(200).setPayload(text("done")).build(),
              ChaincodeEvent.newBuilder().setEventName("e").build());
        };
    SignedProposal signed = EndorsingPeer.propose(peer.sample.client1, CHANNEL, "cc", text("put"));
    ProposalResponse response = peer.endorser.process(signed, true);

    assertEquals(1, response.getVersion());
    assertEquals("done", response.getResponse().getPayload().toStringUtf8());
    ProposalResponsePayload payload = ProposalResponsePayload.parseFrom(response.getPayload());
    ChaincodeAction action = ChaincodeAction.parseFrom(payload.getExtension());
    assertEquals("cc", action.getChaincodeId().getName());
    assertEquals("1", action.getChaincodeId().getVersion());
    assertEquals("e", ChaincodeEvent.parseFrom(action.getEvents()).getEventName());
    // Resolving the definition is a read that every endorser has.
    var lifecycle = TxReadWriteSet.parseFrom(action.getResults()).getNsRwset(0);
    assertEquals("_lifecycle", lifecycle.getNamespace());
    assertEquals(
        "namespaces/fields/cc/Sequence",
        KVRWSet.parseFrom(lifecycle.getRwset()).getReads(0).getKey());
    assertEquals(
        UnpackedProposal.unpack(signed, EndorsingPeer.OPEN).hash(), payload.getProposalHash());
    peer.sample
        .peer1
        .msps()
        .deserialize(response.getEndorsement().getEndorser())
        .verify(
            response.getPayload().concat(response.getEndorsement().getEndorser()),
            response.getEndorsement().getSignature());
    assertEquals(1, response.getInterest().getChaincodesCount());
    assertEquals("cc", response.getInterest().getChaincodes(0).getName());
    assertEquals(5, peer.meters.get("endorser.successful_proposals").counter().count());
    assertEquals(
        1,
        peer.meters
            .get("endorser.proposal_duration")
            .tags("chaincode", "cc", "success", "true")
            .summary()
            .count());

    peer.commit(signed, response);
    ProposalRejected duplicate =
        assertThrows(ProposalRejected.class, () -> peer.endorser.process(signed, true));
    assertTrue(duplicate.getMessage().startsWith("duplicate transaction found ["));
  }

  @Test
  void statusDecidesWhatGoesBack() throws Exception {
    deploy();
    ChaincodeEvent event = ChaincodeEvent.newBuilder().setEventName("e").build();
    peer.contract =
        (simulator, input) ->
            new ChaincodeOutcome(Response.newBuilder().setStatus(500).build(), event);
    ProposalResponse failed = process(peer.sample.client1, CHANNEL, "cc", text("x"));
    assertFalse(failed.hasEndorsement());
    assertTrue(failed.hasInterest());
    assertTrue(
        ChaincodeAction.parseFrom(
                ProposalResponsePayload.parseFrom(failed.getPayload()).getExtension())
            .getEvents()
            .isEmpty());

    peer.contract =
        (simulator, input) ->
            new ChaincodeOutcome(Response.newBuilder().setStatus(404).build(), event);
    ProposalResponse refused = process(peer.sample.client1, CHANNEL, "cc", text("x"));
    assertEquals(
        ProposalResponse.newBuilder().setResponse(Response.newBuilder().setStatus(404)).build(),
        refused);
  }

  @Test
  void privateDataWaitsInTheTransientStore() throws Exception {
    deploy();
    peer.contract =
        (simulator, input) -> {
          simulator.setPrivateData("cc", "_implicit_org_Org1MSP", "k", new byte[] {1});
          return EndorsingPeer.outcome(200);
        };
    SignedProposal signed = EndorsingPeer.propose(peer.sample.client1, CHANNEL, "cc", text("put"));
    ProposalResponse response = peer.endorser.process(signed, true);
    assertTrue(response.hasEndorsement());
    var stored =
        peer.ledger()
            .transientStore()
            .byTxId(UnpackedProposal.unpack(signed, EndorsingPeer.OPEN).txId());
    assertEquals(1, stored.size());
    var configs = stored.getFirst().privateData().getCollectionConfigsOrThrow("cc");
    assertEquals(1, configs.getConfigCount());
    assertEquals(
        "_implicit_org_Org1MSP", response.getInterest().getChaincodes(0).getCollectionNames(0));
  }

  @Test
  void dataForOtherPeersIsRefusedWhileThereAreNone() throws Exception {
    CollectionConfigPackage collections =
        CollectionConfigPackage.newBuilder()
            .addConfig(
                CollectionConfig.newBuilder()
                    .setStaticCollectionConfig(
                        StaticCollectionConfig.newBuilder()
                            .setName("shared")
                            .setMemberOrgsPolicy(
                                CollectionPolicyConfig.newBuilder()
                                    .setSignaturePolicy(
                                        SignaturePolicies.signedByRole(
                                            "Org1MSP", MSPRoleType.MEMBER)))
                            .setRequiredPeerCount(1)
                            .setMaximumPeerCount(2)))
            .build();
    deploy(collections);
    peer.contract =
        (simulator, input) -> {
          simulator.setPrivateData("cc", "shared", "k", new byte[] {1});
          return EndorsingPeer.outcome(200);
        };
    SignedProposal signed = EndorsingPeer.propose(peer.sample.client1, CHANNEL, "cc", text("put"));
    assertEquals(
        "error in simulation: failed to distribute private collection, txID "
            + UnpackedProposal.unpack(signed, EndorsingPeer.OPEN).txId()
            + ", channel sample: could not build private data dissemination plan for chaincode cc"
            + " and collection shared: required to disseminate to at least 1 peers, but know of"
            + " only 0 eligible peers",
        peer.endorser.process(signed, true).getResponse().getMessage());
  }

  @Test
  void onlyWritersOfTheChannelMayPropose() {
    LocalMsp orderer = peer.sample.orderer;
    assertEquals(
        "Failed evaluating policy on signed data during check policy on channel [sample] with policy [/Channel/Application/Writers]: [implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied]",
        rejection(EndorsingPeer.propose(orderer, CHANNEL, "cc", text("x"))));
  }

  @Test
  void undefinedChaincodeIsAnAnswer() {
    assertEquals(
        "make sure the chaincode nothing has been successfully defined on channel sample and try again: chaincode nothing not found",
        process(peer.sample.client1, CHANNEL, "nothing", text("x")).getResponse().getMessage());
  }

  @Test
  void unknownChannelIsAnAnswer() {
    Response response = process(peer.sample.client1, "other", "cc", text("x")).getResponse();
    assertEquals(500, response.getStatus());
    assertEquals("channel 'other' not found", response.getMessage());
  }

  @Test
  void forgedProposalsAreRejected() {
    LocalMsp client = peer.sample.client1;
    SignatureHeader header = client.signer().newSignatureHeader();
    assertTrue(
        rejection(EndorsingPeer.signed(client, CHANNEL, "abc", header, "cc", text("x")))
            .startsWith(
                "error validating proposal: incorrectly computed txid 'abc' -- expected '"));
    SignedProposal good = EndorsingPeer.propose(client, CHANNEL, "cc", text("x"));
    assertEquals(
        "error validating proposal: access denied: channel [sample] creator org [Org1MSP]",
        rejection(good.toBuilder().setSignature(text("no signature")).build()));
    assertEquals(
        "error validating proposal: empty signature bytes",
        rejection(good.toBuilder().clearSignature().build()));
    assertEquals(
        "error unmarshalling Proposal: proto: cannot parse invalid wire-format data",
        rejection(good.toBuilder().setProposalBytes(text("\u0007")).build()));
    assertEquals(
        "ChaincodeHeaderExtension.ChaincodeId is nil",
        rejection(SignedProposal.getDefaultInstance()));
  }

  private String rejection(SignedProposal signed) {
    return assertThrows(ProposalRejected.class, () -> peer.endorser.process(signed, true))
        .getMessage();
  }

  @Test
  void systemChaincodesAnswerOnTheChannelAndWithoutOne() throws Exception {
    ProposalResponse info =
        process(peer.sample.client1, CHANNEL, "qscc", text("GetChainInfo"), text(CHANNEL));
    assertEquals(1, BlockchainInfo.parseFrom(info.getResponse().getPayload()).getHeight());
    assertTrue(info.hasEndorsement());
    assertEquals(
        "syscc",
        ChaincodeAction.parseFrom(
                ProposalResponsePayload.parseFrom(info.getPayload()).getExtension())
            .getChaincodeId()
            .getVersion());
    assertEquals(
        "Failed to get block number 99, error no such block number [99] in index",
        process(
                peer.sample.client1,
                CHANNEL,
                "qscc",
                text("GetBlockByNumber"),
                text(CHANNEL),
                text("99"))
            .getResponse()
            .getMessage());
    ProposalResponse channels = process(peer.sample.client1, "", "cscc", text("GetChannels"));
    assertFalse(channels.hasEndorsement());
    assertEquals(
        CHANNEL,
        ChannelQueryResponse.parseFrom(channels.getResponse().getPayload())
            .getChannels(0)
            .getChannelId());
    assertEquals(
        "cannot create ledger from genesis block: ledger [sample] already exists with state [ACTIVE]",
        join().getResponse().getMessage());
  }

  @Test
  void onlyConfigurationBlocksStartChannels() {
    assertEquals(
        "\"JoinChain\" request failed to extract channel id from the block due to [failed to retrieve channel id - block is empty]",
        process(peer.sample.admin1, "", "cscc", text("JoinChain"), ByteString.EMPTY)
            .getResponse()
            .getMessage());
    String denied =
        process(
                peer.sample.client1,
                "",
                "cscc",
                text("JoinChain"),
                peer.genesisBlock().toByteString())
            .getResponse()
            .getMessage();
    assertTrue(denied.startsWith("access denied for [JoinChain][sample]: ["), denied);
    assertEquals(
        "Requested function Foo not found.",
        process(peer.sample.admin1, "", "cscc", text("Foo"), text("x")).getResponse().getMessage());
  }

  @Test
  void installedPackagesAreForAdminsAndNameWhoUsesThem() throws Exception {
    deploy();
    ByteString args = QueryInstalledChaincodesArgs.getDefaultInstance().toByteString();
    ProposalResponse response =
        process(peer.sample.admin1, "", "_lifecycle", text("QueryInstalledChaincodes"), args);
    var installed =
        QueryInstalledChaincodesResult.parseFrom(response.getResponse().getPayload())
            .getInstalledChaincodes(0);
    assertEquals("p:1", installed.getPackageId());
    assertEquals("cc", installed.getReferencesOrThrow(CHANNEL).getChaincodes(0).getName());

    String denied =
        process(peer.sample.client1, "", "_lifecycle", text("QueryInstalledChaincodes"), args)
            .getResponse()
            .getMessage();
    assertTrue(
        denied.startsWith("Failed to authorize invocation due to failed ACL check: "), denied);
  }

  @Test
  void whatCameWithThreeOneIsUnknownToTwoFive() {
    String function = "QueryApprovedChaincodeDefinitions";
    assertEquals(
        "Failed to authorize invocation due to failed ACL check: Unmapped policy for _lifecycle/"
            + function,
        process(peer.sample.admin1, CHANNEL, "_lifecycle", text(function), ByteString.EMPTY)
            .getResponse()
            .getMessage());
  }

  @Test
  void proposalHashLeavesTheTransientMapOut() throws Exception {
    SignedProposal signed = EndorsingPeer.propose(peer.sample.client1, CHANNEL, "cc", text("x"));
    var proposal = org.hyperledger.fabric.protos.peer.Proposal.parseFrom(signed.getProposalBytes());
    var header = org.hyperledger.fabric.protos.common.Header.parseFrom(proposal.getHeader());
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(header.getChannelHeader().toByteArray());
    digest.update(header.getSignatureHeader().toByteArray());
    digest.update(
        org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload.parseFrom(proposal.getPayload())
            .toBuilder()
            .clearTransientMap()
            .build()
            .toByteArray());
    assertEquals(
        ByteString.copyFrom(digest.digest()),
        UnpackedProposal.unpack(signed, EndorsingPeer.OPEN).hash());
  }
}
