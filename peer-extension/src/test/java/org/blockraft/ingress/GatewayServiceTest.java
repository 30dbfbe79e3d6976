package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.intake.OrdererException;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.gateway.CommitStatusRequest;
import org.hyperledger.fabric.protos.gateway.EndorseRequest;
import org.hyperledger.fabric.protos.gateway.ErrorDetail;
import org.hyperledger.fabric.protos.gateway.EvaluateRequest;
import org.hyperledger.fabric.protos.gateway.GatewayGrpc;
import org.hyperledger.fabric.protos.gateway.SignedCommitStatusRequest;
import org.hyperledger.fabric.protos.gateway.SubmitRequest;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeID;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.hyperledger.fabric.protos.peer.ChaincodeInvocationSpec;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeSpec;
import org.hyperledger.fabric.protos.peer.Proposal;
import org.hyperledger.fabric.protos.peer.SignedProposal;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GatewayServiceTest {
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new GatewayFixture();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private GatewayGrpc.GatewayBlockingStub stub() {
    return GatewayGrpc.newBlockingStub(gateway.server.connection)
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static SignedProposal proposal(String channel, String chaincode, boolean secret) {
    ChaincodeInvocationSpec spec =
        ChaincodeInvocationSpec.newBuilder()
            .setChaincodeSpec(
                ChaincodeSpec.newBuilder()
                    .setChaincodeId(ChaincodeID.newBuilder().setName(chaincode)))
            .build();
    ChaincodeProposalPayload.Builder payload =
        ChaincodeProposalPayload.newBuilder().setInput(spec.toByteString());
    if (secret) {
      payload.putTransientMap("secret", ByteString.copyFromUtf8("value"));
    }
    Header header =
        Header.newBuilder()
            .setChannelHeader(
                ChannelHeader.newBuilder().setChannelId(channel).build().toByteString())
            .setSignatureHeader(ByteString.copyFromUtf8("signature header"))
            .build();
    ByteString bytes =
        Proposal.newBuilder()
            .setHeader(header.toByteString())
            .setPayload(payload.build().toByteString())
            .build()
            .toByteString();
    return SignedProposal.newBuilder()
        .setProposalBytes(bytes)
        .setSignature(GatewayFixture.CLIENT.sign(bytes))
        .build();
  }

  private static SignedProposal proposal() {
    return proposal(TestBlocks.CHANNEL, "mycc", false);
  }

  private static EndorseRequest endorse(SignedProposal proposal, String... orgs) {
    return EndorseRequest.newBuilder()
        .setProposedTransaction(proposal)
        .addAllEndorsingOrganizations(List.of(orgs))
        .build();
  }

  private static EvaluateRequest evaluate(SignedProposal proposal, String... orgs) {
    return EvaluateRequest.newBuilder()
        .setProposedTransaction(proposal)
        .addAllTargetOrganizations(List.of(orgs))
        .build();
  }

  private static void expect(
      Code code,
      String text,
      List<ErrorDetail> details,
      org.junit.jupiter.api.function.Executable call)
      throws Exception {
    StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, call);
    assertEquals(text, failure.getStatus().getDescription());
    assertEquals(code, failure.getStatus().getCode());
    List<ErrorDetail> found = new ArrayList<>();
    for (com.google.protobuf.Any any : StatusProto.fromThrowable(failure).getDetailsList()) {
      found.add(any.unpack(ErrorDetail.class));
    }
    assertEquals(details, found);
  }

  private static ErrorDetail fromPeer(String message) {
    return ErrorDetail.newBuilder()
        .setAddress(GatewayFixture.ADDRESS)
        .setMspId("Org1MSP")
        .setMessage(message)
        .build();
  }

  @Test
  void evaluationGivesTheResultOfTheTransaction() {
    var response = stub().evaluate(evaluate(proposal()));
    assertEquals("result", response.getResult().getPayload().toStringUtf8());
    assertEquals(200, response.getResult().getStatus());
  }

  @Test
  void evaluationTellsWhatIsWrongWithARequest() throws Exception {
    String prefix = "failed to unpack transaction proposal: ";
    Map<EvaluateRequest, String> wrong =
        Map.of(
            EvaluateRequest.getDefaultInstance(),
            "a signed proposal is required",
            evaluate(proposal("", "mycc", false)),
            "no channel id provided",
            evaluate(proposal("ch", "", false)),
            "no chaincode name is provided, channel id [ch]",
            evaluate(
                SignedProposal.newBuilder()
                    .setProposalBytes(ByteString.copyFromUtf8("jibberish"))
                    .build()),
            "error unmarshalling Proposal: proto: cannot parse invalid wire-format data");
    for (Map.Entry<EvaluateRequest, String> one : wrong.entrySet()) {
      expect(
          Code.INVALID_ARGUMENT,
          prefix + one.getValue(),
          List.of(),
          () -> stub().evaluate(one.getKey()));
    }
  }

  @Test
  void evaluationNeedsAPeerWithTheChaincode() throws Exception {
    expect(
        Code.FAILED_PRECONDITION,
        "no peers available to evaluate chaincode other in channel testchannel",
        List.of(),
        () -> stub().evaluate(evaluate(proposal(TestBlocks.CHANNEL, "other", false))));
    expect(
        Code.FAILED_PRECONDITION,
        "no peers available to evaluate chaincode mycc in channel testchannel",
        List.of(),
        () -> stub().evaluate(evaluate(proposal(), "Org2MSP")));
    expect(
        Code.FAILED_PRECONDITION,
        "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: no peers available to evaluate chaincode other in channel testchannel",
        List.of(),
        () -> stub().evaluate(evaluate(proposal(TestBlocks.CHANNEL, "other", true))));
    expect(
        Code.UNAVAILABLE,
        "failed to get config for channel [ch]: could not get last config for channel ch",
        List.of(),
        () -> stub().evaluate(evaluate(proposal("ch", "mycc", false))));
  }

  @Test
  void systemChaincodesAreEverywhere() {
    stub().evaluate(evaluate(proposal(TestBlocks.CHANNEL, "qscc", false)));
  }

  @Test
  void evaluationPassesOnWhatThePeerSays() throws Exception {
    gateway.endorser = _ -> GatewayFixture.failed(500, "no good", "payload");
    expect(
        Code.UNKNOWN,
        "evaluate call to endorser returned error: chaincode response 500, no good",
        List.of(fromPeer("chaincode response 500, no good")),
        () -> stub().evaluate(evaluate(proposal())));
    gateway.endorser = _ -> GatewayFixture.failed(500, "error in simulation: x", "");
    expect(
        Code.ABORTED,
        "failed to evaluate transaction, see attached details for more info",
        List.of(fromPeer("error in simulation: x")),
        () -> stub().evaluate(evaluate(proposal())));
    gateway.endorser =
        _ -> {
          throw new ProposalRejected("access denied");
        };
    expect(
        Code.FAILED_PRECONDITION,
        "evaluate call to endorser returned error: access denied",
        List.of(fromPeer("access denied")),
        () -> stub().evaluate(evaluate(proposal())));
  }

  @Test
  void endorsementMakesATransactionWithoutTransientData() throws Exception {
    SignedProposal proposal = proposal(TestBlocks.CHANNEL, "mycc", true);
    Envelope envelope = stub().endorse(endorse(proposal)).getPreparedTransaction();
    assertEquals(ByteString.EMPTY, envelope.getSignature());
    Payload payload = Payload.parseFrom(envelope.getPayload());
    Proposal original = Proposal.parseFrom(proposal.getProposalBytes());
    assertEquals(original.getHeader(), payload.getHeader().toByteString());
    var action = Transaction.parseFrom(payload.getData()).getActions(0);
    assertEquals(payload.getHeader().getSignatureHeader(), action.getHeader());
    var actionPayload = ChaincodeActionPayload.parseFrom(action.getPayload());
    var input = ChaincodeProposalPayload.parseFrom(actionPayload.getChaincodeProposalPayload());
    assertEquals(0, input.getTransientMapCount());
    assertEquals(
        ChaincodeProposalPayload.parseFrom(original.getPayload()).getInput(), input.getInput());
    assertEquals(
        GatewayFixture.endorsed("result").getPayload(),
        actionPayload.getAction().getProposalResponsePayload());
    assertEquals(1, actionPayload.getAction().getEndorsementsCount());
    assertEquals(
        GatewayFixture.PEER.serialized(),
        actionPayload.getAction().getEndorsements(0).getEndorser());
  }

  @Test
  void organizationsOfTheClientsChoiceMustHavePeers() throws Exception {
    stub().endorse(endorse(proposal(), "Org1MSP"));
    expect(
        Code.UNAVAILABLE,
        "failed to find any endorsing peers for org(s): Org2MSP, Org3MSP",
        List.of(),
        () -> stub().endorse(endorse(proposal(), "Org1MSP", "Org2MSP", "Org3MSP")));
  }

  @Test
  void policyThatThisPeerCannotSatisfyIsToldSo() throws Exception {
    gateway.chaincodes.put(
        "mycc", GatewayFixture.facts("mycc", GatewayFixture.allOf("Org1MSP", "Org2MSP")));
    expect(
        Code.FAILED_PRECONDITION,
        "no combination of peers can be derived which satisfy the endorsement policy: no peer combination can satisfy the endorsement policy",
        List.of(),
        () -> stub().endorse(endorse(proposal())));
    gateway.chaincodes.clear();
    expect(
        Code.FAILED_PRECONDITION,
        "no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode mycc in channel testchannel",
        List.of(),
        () -> stub().endorse(endorse(proposal())));
  }

  @Test
  void keyPoliciesOfTheFirstAnswerCount() throws Exception {
    ChaincodeCall call =
        ChaincodeCall.newBuilder()
            .setName("mycc")
            .setDisregardNamespacePolicy(true)
            .addKeyPolicies(GatewayFixture.allOf("Org2MSP"))
            .build();
    gateway.endorser =
        _ ->
            GatewayFixture.endorsed("result").toBuilder()
                .setInterest(ChaincodeInterest.newBuilder().addChaincodes(call))
                .build();
    expect(
        Code.FAILED_PRECONDITION,
        "no combination of peers can be derived which satisfy the endorsement policy: no peer combination can satisfy the endorsement policy",
        List.of(),
        () -> stub().endorse(endorse(proposal())));
  }

  @Test
  void failedEndorsementGivesDetails() throws Exception {
    gateway.endorser = _ -> GatewayFixture.failed(400, "Mock chaincode error", "");
    String detail = "chaincode response 400, Mock chaincode error";
    expect(
        Code.ABORTED,
        "failed to endorse transaction, see attached details for more info",
        List.of(fromPeer(detail)),
        () -> stub().endorse(endorse(proposal())));
    expect(
        Code.ABORTED,
        "failed to collect enough transaction endorsements, see attached details for more info",
        List.of(fromPeer(detail)),
        () -> stub().endorse(endorse(proposal(), "Org1MSP")));
    expect(
        Code.INVALID_ARGUMENT,
        "the proposed transaction must contain a signed proposal",
        List.of(),
        () -> stub().endorse(EndorseRequest.getDefaultInstance()));
  }

  private static SubmitRequest submit() {
    return SubmitRequest.newBuilder()
        .setChannelId(TestBlocks.CHANNEL)
        .setTransactionId("tx")
        .setPreparedTransaction(
            Envelope.newBuilder()
                .setPayload(ByteString.copyFromUtf8("payload"))
                .setSignature(ByteString.copyFromUtf8("signature")))
        .build();
  }

  private static BroadcastResponse answer(Status status, String info) {
    return BroadcastResponse.newBuilder().setStatus(status).setInfo(info).build();
  }

  private static ErrorDetail fromOrderer(String address, String message) {
    return ErrorDetail.newBuilder()
        .setAddress(address)
        .setMspId("OrdererMSP")
        .setMessage(message)
        .build();
  }

  @Test
  void submissionGoesOnUntilAnOrdererTakesIt() throws Exception {
    expect(
        Code.UNAVAILABLE, "no orderer nodes available", List.of(), () -> stub().submit(submit()));
    gateway.channel.orderers =
        List.of(GatewayFixture.ordererAt("o1:7050"), GatewayFixture.ordererAt("o2:7050"));
    List<String> asked = new ArrayList<>();
    gateway.orderer =
        orderer -> {
          asked.add(orderer.address());
          if (asked.size() == 1) {
            throw new OrdererException(
                "rpc error: code = Unavailable desc = orderer not available");
          }
          return answer(Status.SUCCESS, "");
        };
    stub().submit(submit());
    assertEquals(2, asked.size());
    assertEquals("payload", gateway.submitted.getPayload().toStringUtf8());
    gateway.orderer = _ -> answer(Status.BAD_REQUEST, "not for me");
    expect(
        Code.ABORTED,
        "received unsuccessful response from orderer: status=BAD_REQUEST, info=not for me",
        List.of(),
        () -> stub().submit(submit()));
    gateway.channel.orderers = List.of(GatewayFixture.ordererAt("o1:7050"));
    gateway.orderer =
        _ -> {
          throw new OrdererException("gone");
        };
    expect(
        Code.UNAVAILABLE,
        "no orderers could successfully process transaction",
        List.of(fromOrderer("o1:7050", "gone")),
        () -> stub().submit(submit()));
    expect(
        Code.INVALID_ARGUMENT,
        "prepared transaction must be signed",
        List.of(),
        () ->
            stub()
                .submit(
                    SubmitRequest.newBuilder()
                        .setPreparedTransaction(Envelope.getDefaultInstance())
                        .build()));
    expect(
        Code.INVALID_ARGUMENT,
        "a prepared transaction is required",
        List.of(),
        () -> stub().submit(SubmitRequest.getDefaultInstance()));
  }

  @Test
  void byzantineOrderingNeedsAQuorum() throws Exception {
    gateway.channel.byzantine = true;
    gateway.channel.orderers =
        List.of("o1:1", "o2:1", "o3:1", "o4:1").stream().map(GatewayFixture::ordererAt).toList();
    gateway.orderer =
        orderer ->
            orderer.address().equals("o1:1")
                ? answer(Status.INTERNAL_SERVER_ERROR, "broken")
                : orderer.address().equals("o2:1")
                    ? answer(
                        Status.SERVICE_UNAVAILABLE,
                        "failed to submit request: request already exists")
                    : answer(Status.SUCCESS, "");
    stub().submit(submit());
    gateway.orderer = _ -> answer(Status.INTERNAL_SERVER_ERROR, "broken");
    StatusRuntimeException failure =
        assertThrows(StatusRuntimeException.class, () -> stub().submit(submit()));
    assertEquals(
        "insufficient number of orderers could successfully process transaction to satisfy quorum requirement",
        failure.getStatus().getDescription());
    assertEquals(Code.UNAVAILABLE, failure.getStatus().getCode());
    assertEquals(List.of(1, 2, 2, 3, 4, 4, 5, 6), quorums());
  }

  private static List<Integer> quorums() {
    List<Integer> quorums = new ArrayList<>();
    for (int nodes = 1; nodes <= 8; nodes++) {
      quorums.add(GatewaySubmit.quorum(nodes));
    }
    return quorums;
  }

  private static SignedCommitStatusRequest statusOf(String channel, String txId) {
    return SignedCommitStatusRequest.newBuilder()
        .setRequest(
            CommitStatusRequest.newBuilder()
                .setChannelId(channel)
                .setTransactionId(txId)
                .setIdentity(GatewayFixture.CLIENT.serialized())
                .build()
                .toByteString())
        .build();
  }

  @Test
  void statusRequestIsChecked() throws Exception {
    expect(
        Code.INVALID_ARGUMENT,
        "a commit status request is required",
        List.of(),
        () -> stub().commitStatus(SignedCommitStatusRequest.getDefaultInstance()));
    expect(
        Code.ABORTED,
        "channel does not exist: other",
        List.of(),
        () -> stub().commitStatus(statusOf("other", "tx")));
    gateway.denied.set(true);
    expect(
        Code.PERMISSION_DENIED,
        "no access to gateway/CommitStatus",
        List.of(),
        () -> stub().commitStatus(statusOf(TestBlocks.CHANNEL, "tx")));
  }
}
