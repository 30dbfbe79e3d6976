package org.blockraft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.operations.LogSpec;
import org.blockraft.peer.CoreYaml;
import org.blockraft.peer.PeerConfig;
import org.blockraft.peer.PeerNode;
import org.blockraft.testnet.NetworkFolder;
import org.blockraft.testnet.Processes;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * A whole node, fed with the blocks of a recorded chain, answers the recorded proposals at the
 * heights at which a stock peer answered them.
 */
class RecordedProposalsTest {
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(60);

  /** Ports in a row: peer, chaincode, operations, then the probe chaincodes. */
  private static final int PORTS = 6;

  private static final int PORT_FIRST = 24_000;
  private static final int PORT_LAST = 30_000;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"stock-2.5.16.zip, 2.5", "stock-3.1.5.zip, 3.1"})
  void answersAreThoseOfTheStockPeer(String name, String release) throws IOException {
    Recording recording = Recordings.load(name);
    assertTrue(recording.proposals().size() >= 200);
    Path crypto = folder.resolve("crypto-config");
    recording.unpackCrypto(crypto);
    int port = freePorts();
    NetworkPeer peer = new NetworkPeer("node", 1, 1, port);
    Processes processes = new Processes(new NetworkFolder(folder, folder, folder));
    try (BlockServer orderer = new BlockServer(recording.blocks(), 0, tls(crypto));
        PeerNode node = node(recording, crypto, peer, orderer.port(), release);
        PeerConnection connection =
            new PeerConnection(
                peer.address(), peer.host(), peer.folder(crypto).resolve("tls/ca.crt"))) {
      DifferentialNetwork.startProbes(processes, firstProbePort(port));
      node.start();
      Path users = peer.organizationFolder(crypto).resolve("users");
      Party admin = Party.load(users.resolve("Admin@" + peer.domain() + "/msp"), peer.mspId());
      Preparation.join(connection, admin, recording.blocks().getFirst());
      assertEquals(List.of(), replay(recording, orderer, connection, admin));
    } finally {
      processes.names().forEach(processes::stop);
    }
  }

  private static List<Difference> replay(
      Recording recording, BlockServer orderer, PeerConnection peer, Party admin) {
    LiveComparison comparison = new LiveComparison(List.of(peer), admin);
    long height = 1;
    for (Recording.RecordedProposal recorded : recording.proposals()) {
      if (recorded.height() > height) {
        height = recorded.height();
        orderer.raise(height);
        comparison.reached(height);
      }
      comparison.answered(height, recorded.proposal(), recorded.answer());
    }
    orderer.raise(recording.blocks().size());
    peer.awaitHeight(
        admin, DifferentialNetwork.CHANNEL, recording.blocks().size(), CATCH_UP_TIMEOUT);
    comparison.compareBlocks(recording.blocks());
    return comparison.differences();
  }

  private PeerNode node(
      Recording recording, Path crypto, NetworkPeer peer, int ordererPort, String release)
      throws IOException {
    Path config = folder.resolve("config");
    DifferentialNetwork.writeCore(
        peer, crypto, folder.resolve("data"), firstProbePort(peer.port()), config);
    Path file = config.resolve("core.yaml");
    String recordedAddress =
        ChannelConfig.fromBlock(recording.blocks().getFirst())
            .orderer()
            .orElseThrow()
            .organizations()
            .get("OrdererOrg")
            .endpoints()
            .getFirst();
    String override =
        "addressOverrides: [{from: \"%s\", to: \"127.0.0.1:%d\", caCertsFile: \"%s\"}], "
            .formatted(recordedAddress, ordererPort, tls(crypto).resolve("ca.crt"));
    String yaml =
        Files.readString(file).replace("deliveryclient: {", "deliveryclient: {" + override);
    Files.write(file, yaml.getBytes(StandardCharsets.UTF_8));
    Map<String, String> environment =
        Map.of(
            "FABRIC_CFG_PATH",
            config.toString(),
            "CORE_BLOCKRAFT_COMPATIBILITY",
            release,
            "CORE_CHAINCODE_EXECUTETIMEOUT",
            "10s");
    return new PeerNode(
        PeerConfig.from(CoreYaml.load(environment), false),
        environment,
        new LogSpec((LoggerContext) LoggerFactory.getILoggerFactory()),
        InstantSource.system());
  }

  private static Path tls(Path crypto) {
    return crypto.resolve("ordererOrganizations/example.com/orderers/orderer.example.com/tls");
  }

  private static int firstProbePort(int port) {
    return port + 3;
  }

  private static int freePorts() {
    for (int first = PORT_FIRST; first < PORT_LAST; first += PORTS) {
      if (allFree(first)) {
        return first;
      }
    }
    throw new IllegalStateException("no free ports");
  }

  private static boolean allFree(int first) {
    for (int port = first; port < first + PORTS; port++) {
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() != port) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
