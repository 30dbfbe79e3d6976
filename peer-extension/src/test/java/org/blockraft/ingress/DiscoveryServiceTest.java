package org.blockraft.ingress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.blockraft.identity.AccessDenied;
import org.blockraft.identity.MspManager;
import org.blockraft.identity.SignedData;
import org.blockraft.identity.TestOrg;
import org.blockraft.identity.TestPki;
import org.blockraft.identity.TlsCredentials;
import org.blockraft.identity.TlsRoots;
import org.blockraft.identity.TlsTrust;
import org.blockraft.operations.FabricMeterRegistry;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.OrdererAddresses;
import org.hyperledger.fabric.protos.discovery.AuthInfo;
import org.hyperledger.fabric.protos.discovery.ChaincodeQuery;
import org.hyperledger.fabric.protos.discovery.ConfigQuery;
import org.hyperledger.fabric.protos.discovery.ConfigResult;
import org.hyperledger.fabric.protos.discovery.DiscoveryGrpc;
import org.hyperledger.fabric.protos.discovery.LocalPeerQuery;
import org.hyperledger.fabric.protos.discovery.Peer;
import org.hyperledger.fabric.protos.discovery.PeerMembershipQuery;
import org.hyperledger.fabric.protos.discovery.Query;
import org.hyperledger.fabric.protos.discovery.QueryResult;
import org.hyperledger.fabric.protos.discovery.Request;
import org.hyperledger.fabric.protos.discovery.SignedRequest;
import org.hyperledger.fabric.protos.gossip.GossipMessage;
import org.hyperledger.fabric.protos.peer.ChaincodeCall;
import org.hyperledger.fabric.protos.peer.ChaincodeInterest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over TLS, with a client certificate that no authority of the channel has issued. */
final class DiscoveryServiceTest implements ChaincodeDirectory {
  private static final TestOrg ORG1 = GatewayFixture.ORG1;
  private static final TestOrg.Member PEER = GatewayFixture.PEER;
  private static final TestPki.Credential FOREIGN = new TestOrg("ElsewhereMSP").tls("client");

  private final ScriptedChannel channel =
      new ScriptedChannel(TestBlocks.CHANNEL, MspManager.of(List.of(ORG1.msp())));
  private final Map<String, ChaincodeFacts> chaincodes = new HashMap<>();
  private final AtomicInteger decisions = new AtomicInteger();
  private volatile boolean denied;
  private GrpcServer server;

  @Override
  public Map<String, String> runnable(String channelId) {
    return Map.of("mycc", "1");
  }

  @Override
  public Optional<ChaincodeFacts> metadata(
      String channelId, String chaincode, List<String> collections) {
    return Optional.ofNullable(chaincodes.get(chaincode));
  }

  private void decide(String channelId, SignedData request) {
    decisions.incrementAndGet();
    if (denied) {
      throw new AccessDenied("no");
    }
  }

  @BeforeEach
  void start() throws Exception {
    OneChannel channels = new OneChannel(channel);
    Members members =
        new LocalMembers(
            "Org1MSP",
            PEER.serialized(),
            PEER::sign,
            GatewayFixture.ADDRESS,
            (_, _) -> new EndorserClient.Reply.Failed("not asked"),
            channels,
            this,
            InstantSource.system());
    DiscoveryService service =
        new DiscoveryService(
            DiscoverySettings.defaults(), channels, members, this, this::decide, new Random(1));
    TestPki.Credential own = ORG1.tls("localhost");
    var context =
        TlsTrust.server(
            TlsCredentials.of(ByteString.copyFrom(own.pem()), ByteString.copyFrom(own.keyPem())),
            false,
            new TlsRoots(List.of()));
    server =
        new GrpcServer(
            GrpcServerSettings.defaults(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.of(context)),
            List.of(service),
            new FabricMeterRegistry());
    server.start();
    chaincodes.put("mycc", GatewayFixture.facts("mycc", GatewayFixture.anyOf("Org1MSP")));
    channel.add(TestBlocks.block(0));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<QueryResult> discover(boolean withCertificate, ByteString hash, Query... queries)
      throws Exception {
    var tls = GrpcSslContexts.forClient().trustManager(ORG1.tlsAuthority().certificate());
    if (withCertificate) {
      tls.keyManager(FOREIGN.keys().getPrivate(), FOREIGN.certificate());
    }
    ManagedChannel connection =
        NettyChannelBuilder.forAddress("localhost", server.port()).sslContext(tls.build()).build();
    try {
      ByteString payload =
          Request.newBuilder()
              .setAuthentication(
                  AuthInfo.newBuilder()
                      .setClientIdentity(GatewayFixture.CLIENT.serialized())
                      .setClientTlsCertHash(hash))
              .addAllQueries(List.of(queries))
              .build()
              .toByteString();
      return DiscoveryGrpc.newBlockingStub(connection)
          .discover(
              SignedRequest.newBuilder()
                  .setPayload(payload)
                  .setSignature(GatewayFixture.CLIENT.sign(payload))
                  .build())
          .getResultsList();
    } finally {
      connection.shutdownNow();
    }
  }

  private List<QueryResult> discover(Query... queries) throws Exception {
    return discover(true, hash(), queries);
  }

  private static ByteString hash() throws Exception {
    return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(FOREIGN.der()));
  }

  private static Query.Builder ofChannel() {
    return Query.newBuilder().setChannel(TestBlocks.CHANNEL);
  }

  private static Query endorsers(String chaincode) {
    return ofChannel()
        .setCcQuery(
            ChaincodeQuery.newBuilder()
                .addInterests(
                    ChaincodeInterest.newBuilder()
                        .addChaincodes(ChaincodeCall.newBuilder().setName(chaincode))))
        .build();
  }

  @Test
  void claimedTlsCertificateDoesNotMatterAsWithStock() throws Exception {
    Query query = Query.newBuilder().setLocalPeers(LocalPeerQuery.getDefaultInstance()).build();
    assertTrue(discover(false, ByteString.EMPTY, query).getFirst().hasMembers());
    assertTrue(discover(true, ByteString.copyFromUtf8("other"), query).getFirst().hasMembers());
  }

  @Test
  void peersShowTheirSignedMessages() throws Exception {
    List<QueryResult> results =
        discover(
            Query.newBuilder().setLocalPeers(LocalPeerQuery.getDefaultInstance()).build(),
            ofChannel().setPeerQuery(PeerMembershipQuery.getDefaultInstance()).build());
    Peer local = results.get(0).getMembers().getPeersByOrgOrThrow("Org1MSP").getPeers(0);
    assertEquals(PEER.serialized(), local.getIdentity());
    GossipMessage alive = GossipMessage.parseFrom(local.getMembershipInfo().getPayload());
    assertEquals(GatewayFixture.ADDRESS, alive.getAliveMsg().getMembership().getEndpoint());
    PEER.signer()
        .identity()
        .verify(local.getMembershipInfo().getPayload(), local.getMembershipInfo().getSignature());
    Peer joined = results.get(1).getMembers().getPeersByOrgOrThrow("Org1MSP").getPeers(0);
    var state = GossipMessage.parseFrom(joined.getStateInfo().getPayload()).getStateInfo();
    assertEquals(1, state.getProperties().getLedgerHeight());
    assertEquals("mycc", state.getProperties().getChaincodes(0).getName());
    assertEquals("1", state.getProperties().getChaincodes(0).getVersion());
    assertEquals(32, state.getChannelMAC().size());
  }

  @Test
  void endorsersComeInLayouts() throws Exception {
    var descriptor = discover(endorsers("mycc")).getFirst().getCcQueryRes().getContent(0);
    assertEquals("mycc", descriptor.getChaincode());
    assertEquals(Map.of("G0", 1), descriptor.getLayouts(0).getQuantitiesByGroupMap());
    assertEquals(
        PEER.serialized(), descriptor.getEndorsersByGroupsOrThrow("G0").getPeers(0).getIdentity());
  }

  @Test
  void chaincodeWithoutEndorsersIsAnError() throws Exception {
    chaincodes.put(
        "mycc", GatewayFixture.facts("mycc", GatewayFixture.allOf("Org1MSP", "Org2MSP")));
    List<QueryResult> results =
        discover(
            endorsers("mycc"),
            endorsers("unknown"),
            endorsers(""),
            ofChannel().setCcQuery(ChaincodeQuery.getDefaultInstance()).build());
    assertEquals(
        "failed constructing descriptor for chaincodes:<name:\"mycc\" > ",
        results.get(0).getError().getContent());
    assertEquals(
        "failed constructing descriptor for chaincodes:<name:\"unknown\" > ",
        results.get(1).getError().getContent());
    assertEquals(
        "chaincode name in interest cannot be empty", results.get(2).getError().getContent());
    assertEquals(
        "chaincode query must have at least one chaincode interest",
        results.get(3).getError().getContent());
  }

  @Test
  void configurationHasMspsAndOrderers() throws Exception {
    ConfigGroup orderers =
        ConfigGroup.newBuilder()
            .putGroups("OrdererOrg", org(new TestOrg("OrdererMSP"), "orderer.example.com:7050"))
            .build();
    ConfigGroup application = ConfigGroup.newBuilder().putGroups("Org1", org(ORG1)).build();
    channel.config =
        Config.newBuilder()
            .setChannelGroup(
                ConfigGroup.newBuilder()
                    .putGroups("Orderer", orderers)
                    .putGroups("Application", application))
            .build();
    ConfigResult config =
        discover(ofChannel().setConfigQuery(ConfigQuery.getDefaultInstance()).build())
            .getFirst()
            .getConfigResult();
    assertEquals(2, config.getMspsCount());
    assertEquals("Org1MSP", config.getMspsOrThrow("Org1MSP").getName());
    var endpoint = config.getOrderersOrThrow("OrdererMSP").getEndpoint(0);
    assertEquals("orderer.example.com", endpoint.getHost());
    assertEquals(7050, endpoint.getPort());
  }

  private static ConfigGroup org(TestOrg org, String... endpoints) {
    return ConfigGroup.newBuilder()
        .putValues("MSP", ConfigValue.newBuilder().setValue(org.mspConfig().toByteString()).build())
        .putValues(
            "Endpoints",
            ConfigValue.newBuilder()
                .setValue(
                    OrdererAddresses.newBuilder()
                        .addAllAddresses(List.of(endpoints))
                        .build()
                        .toByteString())
                .build())
        .build();
  }

  @Test
  void accessIsDecidedOncePerConfiguration() throws Exception {
    Query query = endorsers("mycc");
    discover(query);
    discover(query, query);
    int first = decisions.get();
    assertTrue(first >= 1, "decided " + first);
    denied = true;
    channel.configChanged();
    assertEquals("access denied", discover(query).getFirst().getError().getContent());
    assertEquals(
        "access denied",
        discover(query.toBuilder().setChannel("nochannel").build())
            .getFirst()
            .getError()
            .getContent());
    denied = false;
    assertEquals(
        "unknown or missing request type",
        discover(Query.newBuilder().setConfigQuery(ConfigQuery.getDefaultInstance()).build())
            .getFirst()
            .getError()
            .getContent());
  }
}
