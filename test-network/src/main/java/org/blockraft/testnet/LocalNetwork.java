package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.hyperledger.fabric.client.CommitException;
import org.hyperledger.fabric.client.Contract;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.client.GatewayException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.ChannelQueryResponse;

/** The local network as a whole: our peer of Org1 and what is around it. */
final class LocalNetwork {
  private static final Duration PEER_START_TIMEOUT = Duration.ofMinutes(1);
  private static final String READY = "Started peer with ID=";
  private static final String PEER = "peer-org1";

  private final NetworkFolder folder;
  private final Processes processes;
  private final Surroundings surroundings;
  private final InstantSource clock;

  LocalNetwork(NetworkFolder folder, Surroundings surroundings, InstantSource clock) {
    this.folder = folder;
    this.processes = new Processes(folder);
    this.surroundings = surroundings;
    this.clock = clock;
  }

  /** Chooses the surroundings: as asked, as it is running, or the first that is there. */
  static Surroundings surroundings(
      NetworkFolder folder, String wanted, Map<String, String> environment, InstantSource clock) {
    Processes processes = new Processes(folder);
    String mode = wanted.equals("auto") ? runningMode(folder).orElse("auto") : wanted;
    if (mode.equals("native") || mode.equals("auto")) {
      Optional<FabricPrograms> found = FabricPrograms.findNative(environment);
      if (found.isPresent()) {
        return new StockSurroundings(folder, processes, found.get());
      }
    }
    if (mode.equals("docker") || mode.equals("auto")) {
      Optional<FabricPrograms> found = FabricPrograms.findDocker();
      if (found.isPresent()) {
        return new StockSurroundings(folder, processes, found.get());
      }
    }
    if (mode.equals("embedded") || mode.equals("auto")) {
      return new EmbeddedSurroundings(folder, processes, clock);
    }
    throw new NetworkException(
        mode.equals("native")
            ? "no Fabric binaries: set FABRIC_BIN to the folder with peer, orderer, configtxgen,"
                + " cryptogen and osnadmin, or use -mode embedded"
            : "no Docker engine answers; use -mode embedded");
  }

  private static Optional<String> runningMode(NetworkFolder folder) {
    Path file = modeFile(folder);
    try {
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path modeFile(NetworkFolder folder) {
    return folder.root().resolve("mode");
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /** Makes key material and starts everything but the channels. */
  void up() {
    try {
      Files.createDirectories(folder.root());
      Files.write(modeFile(folder), surroundings.name().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    surroundings.generate();
    surroundings.start();
    startPeer();
  }

  private void startPeer() {
    Path config = folder.root().resolve(NetworkFolder.ORG1.name());
    Path builder = CcaasBuilderScripts.write(folder.root().resolve("ccaas-builder"));
    Template.writeCore(folder, NetworkFolder.ORG1, builder, config.resolve("core.yaml"));
    processes.start(
        PEER,
        List.of(folder.distribution().resolve("bin/blockraft").toString(), "node", "start"),
        Map.of("FABRIC_CFG_PATH", config.toString()));
    processes.awaitLog(PEER, READY, PEER_START_TIMEOUT);
  }

  boolean isUp() {
    return processes.alive(PEER).isPresent();
  }

  /** Has the orderer serve a channel and every peer join it. */
  void createChannel(String channel) {
    requireUp();
    surroundings.createChannel(channel);
    Block genesis;
    try {
      genesis = Block.parseFrom(Files.readAllBytes(folder.genesisBlock(channel)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (NetworkFolder.Org org : surroundings.organizations()) {
      try (PeerClient admin = admin(org)) {
        if (!channels(admin).contains(channel)) {
          admin.callSystem("cscc", "JoinChain", genesis);
        }
      }
    }
  }

  private static List<String> channels(PeerClient admin) {
    try {
      return ChannelQueryResponse.parseFrom(
              admin.callSystem("", "cscc", "GetChannels", ByteString.EMPTY).getPayload())
          .getChannelsList()
          .stream()
          .map(c -> c.getChannelId())
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new NetworkException("the peer's list of channels cannot be read");
    }
  }

  /** What a chaincode deployment needs to know. */
  record Deployment(String name, String version, String serverAddress) {}

  /** Installs, approves and commits; returns the package id that the server must run under. */
  String deploy(String channel, Deployment deployment) {
    requireUp();
    ChaincodeDeployer deployer = new ChaincodeDeployer(channel);
    PackageFile file =
        PackageFile.ofServer(
            deployment.name() + "_" + deployment.version(), deployment.serverAddress());
    long sequence;
    try (PeerClient admin = admin(NetworkFolder.ORG1)) {
      sequence = deployer.nextSequence(admin, deployment.name());
    }
    for (NetworkFolder.Org org : surroundings.organizations()) {
      try (PeerClient admin = admin(org)) {
        String id = deployer.install(admin, file);
        deployer.approve(admin, org.mspId(), deployment.name(), deployment.version(), sequence, id);
      }
    }
    try (PeerClient admin = admin(NetworkFolder.ORG1)) {
      deployer.commit(
          admin,
          List.of(NetworkFolder.ORG1.mspId()),
          deployment.name(),
          deployment.version(),
          sequence);
    }
    return file.id();
  }

  /** The package id of a server at an address, before it is installed. */
  static String packageId(Deployment deployment) {
    return PackageFile.ofServer(
            deployment.name() + "_" + deployment.version(), deployment.serverAddress())
        .id();
  }

  /** Submits a transaction and waits for its commit; returns the result as text. */
  String invoke(String channel, String chaincode, String function, List<String> arguments) {
    return call(channel, chaincode, function, arguments, true);
  }

  /** Evaluates a transaction; returns the result as text. */
  String query(String channel, String chaincode, String function, List<String> arguments) {
    return call(channel, chaincode, function, arguments, false);
  }

  private String call(
      String channel, String chaincode, String function, List<String> args, boolean submit) {
    requireUp();
    try (PeerClient user = new PeerClient(folder, NetworkFolder.ORG1, "User1", clock);
        Gateway gateway = user.gateway()) {
      Contract contract = gateway.getNetwork(channel).getContract(chaincode);
      String[] arguments = args.toArray(new String[0]);
      byte[] result =
          submit
              ? contract.submitTransaction(function, arguments)
              : contract.evaluateTransaction(function, arguments);
      return new String(result, StandardCharsets.UTF_8);
    } catch (GatewayException | CommitException e) {
      throw new NetworkException(function + ": " + Failures.describe(e));
    }
  }

  /** A client of our peer as the administrator of an organization. */
  PeerClient admin(NetworkFolder.Org org) {
    return new PeerClient(folder, org, "Admin", clock);
  }

  private void requireUp() {
    if (!isUp()) {
      throw new NetworkException("the network is not up; start it with: network.sh up");
    }
  }

  /** Stops every process and removes all data. */
  static void down(NetworkFolder folder) {
    new Processes(folder).stopAll();
    if (!Files.exists(folder.root())) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder.root())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
