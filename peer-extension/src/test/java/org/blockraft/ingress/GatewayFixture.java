package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.dispatch.ProposalDispatcher;
import org.blockraft.identity.AccessDenied;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.TestOrg;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.worker.LocalWorker;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.MSPPrincipal;
import org.hyperledger.fabric.protos.common.MSPRole;
import org.hyperledger.fabric.protos.common.SignaturePolicy;
import org.hyperledger.fabric.protos.common.SignaturePolicyEnvelope;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Response;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * A gateway over a scripted endorser, scripted orderers and a channel filled by hand; on a loopback
 * server.
 */
final class GatewayFixture implements AutoCloseable, ChaincodeDirectory {
  static final TestOrg ORG1 = new TestOrg("Org1MSP");
  static final TestOrg ORG2 = new TestOrg("Org2MSP");
  static final TestOrg.Member CLIENT = ORG1.client();
  static final TestOrg.Member PEER = ORG1.peer();
  static final String ADDRESS = "peer0.org1.example.com:7051";

  final ScriptedChannel channel =
      new ScriptedChannel(TestBlocks.CHANNEL, MspManager.of(List.of(ORG1.msp(), ORG2.msp())));
  final AtomicBoolean denied = new AtomicBoolean();
  final Map<String, ChaincodeFacts> chaincodes = new HashMap<>();
  volatile Function<SignedProposal, ProposalResponse> endorser = _ -> endorsed("result");
  volatile Function<OrdererEndpoint, BroadcastResponse> orderer =
      _ ->
          BroadcastResponse.newBuilder()
              .setStatus(org.hyperledger.fabric.protos.common.Status.SUCCESS)
              .build();
  volatile Envelope submitted;
  final LoopbackServer server;
  private final GatewayService service;

  GatewayFixture() throws Exception {
    this(GatewaySettings.defaults());
  }

  GatewayFixture(GatewaySettings settings) throws Exception {
    AnnouncedHeights announced = new AnnouncedHeights();
    LocalWorker worker =
        new LocalWorker(
            "local", task -> endorser.apply(task.proposal()), _ -> channel.height(), () -> true);
    var meters = new org.blockraft.operations.FabricMeterRegistry();
    var dispatcher = new ProposalDispatcher(worker, 10, announced, meters);
    OneChannel channels = new OneChannel(channel);
    Members members =
        new LocalMembers(
            "Org1MSP",
            PEER.serialized(),
            PEER::sign,
            ADDRESS,
            new LocalEndorserClient(dispatcher, false),
            channels,
            this,
            InstantSource.system());
    service =
        new GatewayService(
            settings,
            channels,
            members,
            this,
            (resource, channelId, data) -> {
              if (denied.get()) {
                throw new AccessDenied("no access to " + resource);
              }
            },
            (endpoint, transaction, timeout) -> {
              submitted = transaction;
              return orderer.apply(endpoint);
            },
            announced,
            new Random(1));
    chaincodes.put("mycc", facts("mycc", anyOf("Org1MSP")));
    server = new LoopbackServer(ConcurrencyLimits.NONE, service);
  }

  @Override
  public Map<String, String> runnable(String channelId) {
    return Map.of("mycc", "1");
  }

  @Override
  public Optional<ChaincodeFacts> metadata(
      String channelId, String chaincode, List<String> collections) {
    return channel.id().equals(channelId)
        ? Optional.ofNullable(chaincodes.get(chaincode))
        : Optional.empty();
  }

  static ChaincodeFacts facts(String name, SignaturePolicyEnvelope policy) {
    return new ChaincodeFacts(
        name, "1", policy.toByteString(), Map.of(), CollectionConfigPackage.getDefaultInstance());
  }

  /** A policy that wants a number of organizations' members. */
  static SignaturePolicyEnvelope outOf(int n, String... mspIds) {
    SignaturePolicyEnvelope.Builder policy = SignaturePolicyEnvelope.newBuilder();
    SignaturePolicy.NOutOf.Builder rule = SignaturePolicy.NOutOf.newBuilder().setN(n);
    for (int i = 0; i < mspIds.length; i++) {
      MSPRole role =
          MSPRole.newBuilder()
              .setMspIdentifier(mspIds[i])
              .setRole(MSPRole.MSPRoleType.MEMBER)
              .build();
      policy.addIdentities(
          MSPPrincipal.newBuilder()
              .setPrincipalClassification(MSPPrincipal.Classification.ROLE)
              .setPrincipal(role.toByteString()));
      rule.addRules(SignaturePolicy.newBuilder().setSignedBy(i));
    }
    return policy.setRule(SignaturePolicy.newBuilder().setNOutOf(rule)).build();
  }

  static SignaturePolicyEnvelope anyOf(String... mspIds) {
    return outOf(1, mspIds);
  }

  static SignaturePolicyEnvelope allOf(String... mspIds) {
    return outOf(mspIds.length, mspIds);
  }

  static ProposalResponse endorsed(String result) {
    ByteString payload =
        ProposalResponsePayload.newBuilder()
            .setExtension(
                ChaincodeAction.newBuilder()
                    .setResponse(
                        Response.newBuilder()
                            .setStatus(200)
                            .setPayload(ByteString.copyFromUtf8(result)))
                    .build()
                    .toByteString())
            .build()
            .toByteString();
    return ProposalResponse.newBuilder()
        .setVersion(1)
        .setResponse(Response.newBuilder().setStatus(200))
        .setPayload(payload)
        .setEndorsement(Endorsement.newBuilder().setEndorser(PEER.serialized()))
        .build();
  }

  static ProposalResponse failed(int status, String message, String payload) {
    return ProposalResponse.newBuilder()
        .setResponse(Response.newBuilder().setStatus(status).setMessage(message))
        .setPayload(ByteString.copyFromUtf8(payload))
        .build();
  }

  static OrdererEndpoint ordererAt(String address) {
    return new OrdererEndpoint(address, address, "OrdererMSP", List.of());
  }

  @Override
  public void close() {
    server.close();
    service.close();
  }
}
