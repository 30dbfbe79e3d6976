package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.LocalMsp;
import org.blockraft.identity.Signer;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.ChainTip;
import org.blockraft.intake.OrdererBroadcast;
import org.blockraft.intake.OrdererConnections;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.intake.OrdererSettings;
import org.blockraft.intake.OrdererSource;
import org.blockraft.intake.VerifiedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The development orderer, seen through the peer's own orderer client. */
final class DevelopmentOrdererTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final String CHANNEL = "mychannel";

  @TempDir private Path root;
  private NetworkFolder folder;

  @BeforeEach
  void makeKeys() {
    folder = new NetworkFolder(root, root, root);
    CryptoMaterial material = new CryptoMaterial(folder.crypto(), Instant.now());
    material.writeOrdererOrganization(NetworkFolder.DOMAIN, List.of(NetworkFolder.ORDERER_HOST));
    material.writePeerOrganization(NetworkFolder.ORG1.domain(), 1, 1);
  }

  private Block genesis(int port) {
    return ChannelGenesis.block(
        CHANNEL,
        new ChannelGenesis.Ordering(
            NetworkFolder.ORDERER_MSP,
            folder.crypto().resolve("ordererOrganizations/" + NetworkFolder.DOMAIN),
            List.of("127.0.0.1:" + port)),
        List.of(
            new ChannelGenesis.Org(
                "Org1MSP", folder.organization(NetworkFolder.ORG1), "127.0.0.1", 7051)),
        new ChannelGenesis.Batches(3, 1 << 20, 1 << 19, "200ms"),
        Instant.now());
  }

  private DevelopmentOrderer orderer(Block genesis, int port) throws Exception {
    return new DevelopmentOrderer(
        NetworkFolder.ORDERER_MSP,
        folder.ordererNode(),
        folder.data("orderer"),
        "127.0.0.1:" + port,
        List.of(genesis),
        CLOCK);
  }

  private static int freePort() throws Exception {
    try (var socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void thePeersClientGetsVerifiedBlocksAlsoAfterARestart() throws Exception {
    int port = freePort();
    Block genesis = genesis(port);
    ChannelConfig config = ChannelConfig.fromBlock(genesis);
    long blocksBefore;
    try (DevelopmentOrderer orderer = orderer(genesis, port)) {
      orderer.start();
      submit(config, 7);
      // How many fall into one batch time is up to the machine; seven need at least three blocks.
      List<VerifiedBlock> blocks = pull(config, genesis, 3);
      assertTrue(
          blocks.stream().allMatch(b -> b.block().getData().getDataCount() <= 3), "cut by count");
      blocksBefore = orderer.chain(CHANNEL).height();
    }
    try (DevelopmentOrderer again = orderer(genesis, port)) {
      again.start();
      submit(config, 1);
      List<VerifiedBlock> blocks = pull(config, genesis, (int) blocksBefore);
      assertEquals(blocksBefore, blocks.getLast().number());
    }
  }

  private void submit(ChannelConfig config, int envelopes) {
    Signer signer =
        LocalMsp.load(folder.user(NetworkFolder.ORG1, "User1").resolve("msp"), "Org1MSP", CLOCK)
            .signer();
    try (OrdererConnections connections =
        new OrdererConnections(OrdererSettings.defaults(true, Optional.empty()))) {
      OrdererEndpoint endpoint = connections.endpoints(config).getFirst();
      for (int i = 0; i < envelopes; i++) {
        Status status =
            new OrdererBroadcast(connections)
                .submit(endpoint, envelope(signer, i), Duration.ofSeconds(10))
                .getStatus();
        assertEquals(Status.SUCCESS, status);
      }
    }
  }

  private List<VerifiedBlock> pull(ChannelConfig config, Block genesis, int count)
      throws Exception {
    Signer signer =
        LocalMsp.load(folder.peerNode(NetworkFolder.ORG1).resolve("msp"), "Org1MSP", CLOCK)
            .signer();
    BlockingQueue<VerifiedBlock> queue = new LinkedBlockingQueue<>();
    OrdererSettings settings = OrdererSettings.defaults(true, Optional.empty());
    List<VerifiedBlock> blocks = new ArrayList<>();
    try (OrdererConnections connections = new OrdererConnections(settings);
        OrdererSource source =
            new OrdererSource(
                settings,
                connections,
                signer,
                () -> config,
                () -> new ChainTip(1, BlockHeaders.headerHash(genesis.getHeader())),
                queue::put,
                CLOCK)) {
      Thread.ofPlatform().start(source::run);
      while (blocks.size() < count) {
        VerifiedBlock block = queue.poll(20, TimeUnit.SECONDS);
        assertTrue(block != null, "block " + (blocks.size() + 1) + " did not come");
        blocks.add(block);
      }
    }
    return blocks;
  }

  private static Envelope envelope(Signer signer, int number) {
    ChannelHeader channelHeader =
        ChannelHeader.newBuilder()
            .setType(HeaderType.MESSAGE_VALUE)
            .setChannelId(CHANNEL)
            .setTxId("tx" + number)
            .build();
    ByteString payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader.toByteString())
                    .setSignatureHeader(signer.newSignatureHeader().toByteString()))
            .build()
            .toByteString();
    return Envelope.newBuilder().setPayload(payload).setSignature(signer.sign(payload)).build();
  }
}
