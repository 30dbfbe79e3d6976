package org.blockraft.intake;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.ConfigUpdates;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.ConfigGroup;
import org.hyperledger.fabric.protos.common.ConfigPolicy;
import org.hyperledger.fabric.protos.common.ConfigSignature;
import org.hyperledger.fabric.protos.common.ConfigUpdate;
import org.hyperledger.fabric.protos.common.ConfigUpdateEnvelope;
import org.hyperledger.fabric.protos.common.ConfigValue;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.peer.AnchorPeer;
import org.hyperledger.fabric.protos.peer.AnchorPeers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Blocks, submissions and a configuration update with a native orderer. */
@EnabledIfEnvironmentVariable(
    named = "FABRIC_BIN",
    matches = ".+",
    disabledReason = "needs a folder with orderer, cryptogen and configtxgen")
class RealOrdererTest {
  private static final String CHANNEL = "mychannel";
  private static final Path BIN = Path.of(System.getenv().getOrDefault("FABRIC_BIN", ""));
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir Path dir;

  @Test
  void shouldSubmitAndReceive() throws Exception {
    submitAndReceive(RealOrderer.Consensus.RAFT);
  }

  @Test
  void shouldSubmitAndReceiveWithNumberedConsenters() throws Exception {
    assumeTrue(RealOrderer.version(BIN).startsWith("v3."), "Fabric 2 has no such ordering");
    submitAndReceive(RealOrderer.Consensus.BFT);
  }

  private void submitAndReceive(RealOrderer.Consensus consensus) throws Exception {
    try (RealOrderer orderer = new RealOrderer(BIN, dir)) {
      Path genesisFile = orderer.prepare(CHANNEL, consensus);
      orderer.start();
      orderer.join(genesisFile);
      Block genesis = Block.parseFrom(Files.readAllBytes(genesisFile));
      ChannelConfig config = ChannelConfig.fromBlock(genesis);
      config.requireCompatible();
      assertEquals(CHANNEL, config.channelId());

      LocalMsp admin = user(orderer, "users/Admin@org1.example.com");
      LocalMsp peer = user(orderer, "peers/peer0.org1.example.com");
      OrdererSettings settings = OrdererSettings.defaults(true, Optional.empty());
      BlockingQueue<VerifiedBlock> sink = new ArrayBlockingQueue<>(4);
      try (OrdererConnections connections = new OrdererConnections(settings);
          OrdererSource source =
              new OrdererSource(
                  settings,
                  connections,
                  peer.signer(),
                  () -> config,
                  () -> new ChainTip(1, BlockHeaders.headerHash(genesis.getHeader())),
                  sink::put,
                  Instant::now)) {
        Thread.ofVirtual().start(source::run);
        OrdererBroadcast broadcast = new OrdererBroadcast(connections);
        OrdererEndpoint endpoint = connections.endpoints(config).getFirst();

        awaitAccepted(broadcast, endpoint, admin.signer());
        VerifiedBlock first = sink.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertEquals(1, first.number());
        assertEquals(0, BlockHeaders.lastConfigIndex(first.block()));

        Envelope update = anchorUpdate(admin.signer());
        ConfigEnvelope expected = ConfigUpdates.propose(config, update);
        assertEquals(Status.SUCCESS, submit(broadcast, endpoint, update));
        VerifiedBlock configBlock = sink.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        ConfigEnvelope delivered = BlockHeaders.configEnvelope(configBlock.block()).orElseThrow();
        assertEquals(expected, delivered);
        ChannelConfig next = ConfigUpdates.apply(config, delivered);
        assertEquals(1, next.sequence());
        assertEquals(2, BlockHeaders.lastConfigIndex(configBlock.block()));

        for (int i = 0; i < 20; i++) {
          assertEquals(Status.SUCCESS, submit(broadcast, endpoint, transaction(admin.signer(), i)));
        }
        int received = 0;
        while (received < 20) {
          VerifiedBlock block = sink.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
          received += block.block().getData().getDataCount();
        }
        assertEquals(Status.FORBIDDEN, submit(broadcast, endpoint, transaction(peer.signer(), 99)));
      }
    }
  }

  private static LocalMsp user(RealOrderer orderer, String name) {
    return LocalMsp.load(
        orderer.crypto("peerOrganizations/org1.example.com").resolve(name).resolve("msp"),
        "Org1MSP",
        Instant::now);
  }

  /** A fresh channel needs a moment until its orderer leads itself. */
  private static void awaitAccepted(
      OrdererBroadcast broadcast, OrdererEndpoint endpoint, Signer signer) {
    await()
        .atMost(TIMEOUT)
        .until(() -> submit(broadcast, endpoint, transaction(signer, 0)) == Status.SUCCESS);
  }

  private static Status submit(
      OrdererBroadcast broadcast, OrdererEndpoint endpoint, Envelope envelope) {
    return broadcast.submit(endpoint, envelope, TIMEOUT).getStatus();
  }

  private static Envelope transaction(Signer signer, int number) {
    return envelope(
        HeaderType.ENDORSER_TRANSACTION,
        signer,
        ByteString.copyFromUtf8("no peer will read transaction " + number));
  }

  private static Envelope anchorUpdate(Signer admin) {
    ConfigGroup org =
        ConfigGroup.newBuilder()
            .putValues("MSP", ConfigValue.getDefaultInstance())
            .putPolicies("Admins", ConfigPolicy.getDefaultInstance())
            .putPolicies("Endorsement", ConfigPolicy.getDefaultInstance())
            .putPolicies("Readers", ConfigPolicy.getDefaultInstance())
            .putPolicies("Writers", ConfigPolicy.getDefaultInstance())
            .build();
    AnchorPeers anchors =
        AnchorPeers.newBuilder()
            .addAnchorPeers(AnchorPeer.newBuilder().setHost("peer0.org1").setPort(7051))
            .build();
    ConfigGroup changed =
        org.toBuilder()
            .setVersion(1)
            .setModPolicy("Admins")
            .putValues(
                "AnchorPeers",
                ConfigValue.newBuilder()
                    .setModPolicy("Admins")
                    .setValue(anchors.toByteString())
                    .build())
            .build();
    ByteString update =
        ConfigUpdate.newBuilder()
            .setChannelId(CHANNEL)
            .setReadSet(inApplication(org))
            .setWriteSet(inApplication(changed))
            .build()
            .toByteString();
    ByteString header = admin.newSignatureHeader().toByteString();
    ConfigUpdateEnvelope signed =
        ConfigUpdateEnvelope.newBuilder()
            .setConfigUpdate(update)
            .addSignatures(
                ConfigSignature.newBuilder()
                    .setSignatureHeader(header)
                    .setSignature(admin.sign(header.concat(update))))
            .build();
    return envelope(HeaderType.CONFIG_UPDATE, admin, signed.toByteString());
  }

  private static ConfigGroup inApplication(ConfigGroup org) {
    return ConfigGroup.newBuilder()
        .putGroups("Application", ConfigGroup.newBuilder().putGroups("Org1MSP", org).build())
        .build();
  }

  private static Envelope envelope(HeaderType type, Signer signer, ByteString data) {
    ChannelHeader channel =
        ChannelHeader.newBuilder()
            .setType(type.getNumber())
            .setChannelId(CHANNEL)
            .setTimestamp(Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond()))
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channel.toByteString())
                    .setSignatureHeader(signer.newSignatureHeader().toByteString()))
            .setData(data)
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(signer.sign(payload)).build();
  }
}
