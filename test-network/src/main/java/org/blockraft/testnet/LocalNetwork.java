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

  /** Values of fabric-samples, and for a cluster one that does not hide how fast it is. */
  private static final Duration BATCH_TIMEOUT = Duration.ofSeconds(2);

  private static final Duration CLUSTER_BATCH_TIMEOUT = Duration.ofMillis(100);
  private static final Duration CLUSTER_TIMEOUT = Duration.ofSeconds(60);

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

  /** Makes key material and starts everything but the channels, with one process as our peer. */
  void up() {
    begin(List.of(folder.ports().peer(NetworkFolder.ORG1)));
    startPeer();
  }

  /** The same with several nodes as our peer, and etcd. */
  void up(ClusterPlan plan) {
    Path etcd =
        EtcdServers.program(System.getenv())
            .orElseThrow(() -> new NetworkException(EtcdServers.MISSING));
    plan.write(folder);
    if (plan.isolated()) {
      new NodeNamespaces(processes, folder.ports()).create(plan.places(folder.ports()).toList());
    }
    begin(plan.places(folder.ports()).toList());
    new EtcdServers(folder, processes, plan.etcdMembers()).start(etcd);
    ClusterNodes nodes = new ClusterNodes(folder, processes, plan);
    nodes.startAll();
    try (ClusterWatch watch = new ClusterWatch(nodes)) {
      watch.awaitComplete(CLUSTER_TIMEOUT);
    }
  }

  private void begin(List<PeerPlace> own) {
    if (processes.names().stream().allMatch(name -> processes.alive(name).isEmpty())) {
      Ports.requireFree(surroundings.ports());
      own.forEach(place -> Ports.requireFree(Ports.of(place)));
    }
    try {
      Files.createDirectories(folder.root());
      Files.write(modeFile(folder), surroundings.name().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    surroundings.generate();
    surroundings.start();
  }

  private void startPeer() {
    Path config = folder.root().resolve(NetworkFolder.ORG1.name());
    Path builder = CcaasBuilderScripts.write(folder.root().resolve("ccaas-builder"));
    PeerPlace place = folder.ports().peer(NetworkFolder.ORG1);
    Template.writeCore(folder, NetworkFolder.ORG1, place, builder, config.resolve("core.yaml"));
    processes.start(
        place.process(),
        List.of(folder.distribution().resolve("bin/blockraft").toString(), "node", "start"),
        Map.of("FABRIC_CFG_PATH", config.toString()));
    processes.awaitLog(place.process(), READY, PEER_START_TIMEOUT);
  }

  boolean isUp() {
    return !running().isEmpty();
  }

  /** The nodes of our peer, if it is a cluster. */
  Optional<ClusterNodes> nodes() {
    return ClusterPlan.of(folder).map(plan -> new ClusterNodes(folder, processes, plan));
  }

  /** The running processes of our peer: one, or its nodes. */
  List<PeerPlace> running() {
    return nodes()
        .map(ClusterNodes::running)
        .orElseGet(
            () ->
                Stream.of(folder.ports().peer(NetworkFolder.ORG1))
                    .filter(p -> processes.alive(p.process()).isPresent())
                    .toList());
  }

  /** The process of our peer to talk to: the one of that name, or if none is wanted the first. */
  PeerPlace place(Optional<String> name) {
    List<PeerPlace> running = running();
    if (running.isEmpty()) {
      throw new NetworkException("the network is not up; start it with: network.sh up");
    }
    return running.stream()
        .filter(p -> name.isEmpty() || p.process().equals(name.get()))
        .findFirst()
        .orElseThrow(() -> new NetworkException(name.orElse("") + " is not running"));
  }

  /** Has the orderer serve a channel and every peer join it. */
  void createChannel(String channel) {
    place(Optional.empty());
    surroundings.createChannel(
        channel, nodes().isPresent() ? CLUSTER_BATCH_TIMEOUT : BATCH_TIMEOUT);
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
    // A node that has just started may be some blocks behind the one that was asked.
    nodes()
        .ifPresent(
            all -> {
              try (ClusterWatch watch = new ClusterWatch(all)) {
                watch.awaitSameHeight(channel, 1, CLUSTER_TIMEOUT);
              }
            });
    return file.id();
  }

  /** Deploys a sample chaincode, with a server of its own for each node of ours. */
  void deploySample(String channel, String sample) {
    Deployment deployment = new Deployment(sample, "1.0", ChaincodeServers.address(sample, folder));
    new ChaincodeServers(folder).start(sample, packageId(deployment));
    deploy(channel, deployment);
  }

  /** The package id of a server at an address, before it is installed. */
  static String packageId(Deployment deployment) {
    return PackageFile.ofServer(
            deployment.name() + "_" + deployment.version(), deployment.serverAddress())
        .id();
  }

  /** Submits a transaction and waits for its commit; returns the result as text. */
  String invoke(Call call, PeerPlace place) {
    return run(call, place, true);
  }

  /** Evaluates a transaction; returns the result as text. */
  String query(Call call, PeerPlace place) {
    return run(call, place, false);
  }

  /** A call of a chaincode. */
  record Call(String channel, String chaincode, String function, List<String> arguments) {}

  private String run(Call call, PeerPlace place, boolean submit) {
    try (PeerClient user = new PeerClient(folder, NetworkFolder.ORG1, place, "User1", clock);
        Gateway gateway = user.gateway()) {
      Contract contract = gateway.getNetwork(call.channel()).getContract(call.chaincode());
      String[] arguments = call.arguments().toArray(new String[0]);
      byte[] result =
          submit
              ? contract.submitTransaction(call.function(), arguments)
              : contract.evaluateTransaction(call.function(), arguments);
      return new String(result, StandardCharsets.UTF_8);
    } catch (GatewayException | CommitException e) {
      throw new NetworkException(call.function() + ": " + Failures.describe(e));
    }
  }

  /** A client of an organization's peer as its administrator; of ours, any process. */
  PeerClient admin(NetworkFolder.Org org) {
    PeerPlace place =
        org.equals(NetworkFolder.ORG1) ? place(Optional.empty()) : folder.ports().peer(org);
    return new PeerClient(folder, org, place, "Admin", clock);
  }

  /** Stops every process and removes all data. */
  static void down(NetworkFolder folder) {
    Processes processes = new Processes(folder);
    processes.stopAll();
    ClusterPlan.of(folder)
        .filter(ClusterPlan::isolated)
        .ifPresent(
            plan ->
                new NodeNamespaces(processes, folder.ports())
                    .delete(plan.places(folder.ports()).toList()));
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
