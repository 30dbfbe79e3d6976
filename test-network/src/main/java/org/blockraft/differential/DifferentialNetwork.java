package org.blockraft.differential;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.blockraft.testnet.EtcdServers;
import org.blockraft.testnet.FabricPrograms;
import org.blockraft.testnet.NetworkFolder;
import org.blockraft.testnet.NetworkPorts;
import org.blockraft.testnet.Processes;
import org.blockraft.testnet.Template;
import org.hyperledger.fabric.protos.common.Block;

/**
 * A network of stock programs in which a peer of ours can stand: a Raft orderer, a stock peer of
 * each of two organizations, the probe chaincodes. All on the loopback interface, on ports that
 * follow from one base port. Closing stops every process; the folder stays.
 */
final class DifferentialNetwork implements AutoCloseable {
  static final String CHANNEL = "difference";

  /** What of the network is configurable. */
  record Settings(Path folder, int basePort, int transactionsPerBlock, FabricPrograms programs) {}

  private static final Duration TOOL_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final int ETCD_PORT = 45;
  private static final int FIRST_NODE_PORT = 50;
  private static final int NODE_PORTS = 10;
  private static final String PROBES = "probes";

  /** Not loaded here: in the built module it stands in a jar of its own. */
  private static final String PROBE_SERVER = "org.blockraft.probe.ProbeServer";

  private static final String PROBES_READY = "probe servers listen";

  /** What a chaincode process must not see: the peer, and what only the peer needs. */
  private static final List<String> NOT_FOR_CHAINCODE =
      List.of("peer-extension", "merkle-statedb", "etcd-coordinator", "chaincode-runtime");

  private static final Pattern OWN_JAR = Pattern.compile("(test-network-[^/]*)\\.jar$");

  private static final List<String> NOT_FOR_CHAINCODE_EITHER =
      List.of("rocksdbjni", "AmazonCorretto", "logback", "fabric-gateway", "micrometer");

  private final Settings settings;
  private final NetworkFolder files;
  private final Processes processes;
  final NetworkPeer stock1;
  final NetworkPeer stock2;
  final NetworkPeer ours;

  DifferentialNetwork(Settings settings) {
    this.settings = settings;
    int shift = settings.basePort() + ETCD_PORT - new NetworkPorts(0).etcd(1);
    this.files =
        new NetworkFolder(
            settings.folder(), Path.of("unused"), Path.of("unused"), new NetworkPorts(shift));
    this.processes = new Processes(files);
    this.stock1 = new NetworkPeer("stock1", 1, 0, settings.basePort() + 10);
    this.stock2 = new NetworkPeer("stock2", 2, 0, settings.basePort() + 20);
    this.ours = new NetworkPeer("ours", 1, 1, settings.basePort() + 30);
  }

  Path crypto() {
    return files.root().resolve("crypto-config");
  }

  Path ordererFolder() {
    return crypto().resolve("ordererOrganizations/example.com/orderers/orderer.example.com");
  }

  int ordererPort() {
    return settings.basePort();
  }

  int firstProbePort() {
    return settings.basePort() + 40;
  }

  Processes processes() {
    return processes;
  }

  Path genesisFile() {
    return files.root().resolve(CHANNEL + ".block");
  }

  Block genesis() {
    try {
      return Block.parseFrom(Files.readAllBytes(genesisFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The member of an organization's key material, for example {@code User1}. */
  Party user(NetworkPeer peer, String name) {
    Path folder = peer.organizationFolder(crypto()).resolve("users");
    return Party.load(folder.resolve(name + "@" + peer.domain()).resolve("msp"), peer.mspId());
  }

  Party node(NetworkPeer peer) {
    return Party.load(peer.folder(crypto()).resolve("msp"), peer.mspId());
  }

  PeerConnection connect(NetworkPeer peer) {
    return new PeerConnection(
        peer.address(), peer.host(), peer.folder(crypto()).resolve("tls/ca.crt"));
  }

  OrdererConnection connectOrderer() {
    return new OrdererConnection(
        "127.0.0.1:" + ordererPort(), ordererFolder().resolve("tls/ca.crt"));
  }

  /** Makes everything anew and starts all stock programs; the channel is there, not joined. */
  void start() {
    delete(files.root());
    Path cryptoConfig = files.root().resolve("crypto-config.yaml");
    template("crypto-config.yaml", Map.of(), cryptoConfig);
    tool("cryptogen", "generate", "--config=" + cryptoConfig, "--output=" + crypto());
    startOrderer();
    createChannel();
    startStock(stock1);
    startStock(stock2);
    startProbes();
  }

  private Map<String, String> values() {
    return Map.of(
        "crypto", crypto().toString(),
        "orderer", ordererFolder().toString(),
        "data", files.data("orderer").toString(),
        "ordererPort", Integer.toString(ordererPort()),
        "adminPort", Integer.toString(settings.basePort() + 1),
        "operationsPort", Integer.toString(settings.basePort() + 2),
        "batch", Integer.toString(settings.transactionsPerBlock()));
  }

  private void startOrderer() {
    Path config = files.root().resolve("orderer");
    Template.write("/org/blockraft/testnet/orderer.yaml", values(), config.resolve("orderer.yaml"));
    processes.start("orderer", program("orderer"), Map.of("FABRIC_CFG_PATH", config.toString()));
    processes.awaitLog("orderer", "Beginning to serve requests", START_TIMEOUT);
  }

  private void createChannel() {
    Path config = files.root().resolve("configtx");
    template("configtx.yaml", values(), config.resolve("configtx.yaml"));
    tool(
        "configtxgen",
        "-configPath=" + config,
        "-profile=Channel",
        "-channelID=" + CHANNEL,
        "-outputBlock=" + genesisFile());
    Path tls = ordererFolder().resolve("tls");
    tool(
        "osnadmin",
        "channel",
        "join",
        "--channelID=" + CHANNEL,
        "--config-block=" + genesisFile(),
        "-o",
        "127.0.0.1:" + (settings.basePort() + 1),
        "--ca-file=" + tls.resolve("ca.crt"),
        "--client-cert=" + tls.resolve("server.crt"),
        "--client-key=" + tls.resolve("server.key"));
  }

  private void startStock(NetworkPeer peer) {
    startPeer(peer, program("peer", "node", "start"), Map.of());
    awaitStarted(peer);
  }

  /** What our peer is to act as: the release that the stock peers are. */
  String release() {
    String version = processes.run(program("peer", "version"), Map.of(), TOOL_TIMEOUT);
    return version.contains("Version: v3") ? "3.1" : "2.5";
  }

  /** A node of ours, from 1: the same peer as {@link #ours}, elsewhere. */
  NetworkPeer node(int number) {
    int port = settings.basePort() + FIRST_NODE_PORT + NODE_PORTS * (number - 1);
    return new NetworkPeer(ours.name() + number, ours.organization(), ours.index(), port);
  }

  /** What our nodes are coordinated through. */
  EtcdServers etcd() {
    return new EtcdServers(files, processes, 1);
  }

  /** Starts a process that is a peer; it does not serve yet. */
  void startPeer(NetworkPeer peer, List<String> command, Map<String, String> more) {
    Path config = files.root().resolve(peer.name());
    writeCore(peer, crypto(), files.data(peer.name()), firstProbePort(), config);
    Map<String, String> environment = new HashMap<>(more);
    environment.put("FABRIC_CFG_PATH", config.toString());
    processes.start(peer.name(), command, environment);
  }

  void awaitStarted(NetworkPeer peer) {
    processes.awaitLog(peer.name(), "Started peer with ID", START_TIMEOUT);
  }

  /** Writes the configuration of a peer into a folder. */
  static void writeCore(NetworkPeer peer, Path crypto, Path data, int firstProbePort, Path folder) {
    Path builder = ProbePackages.writeBuilder(folder.resolve("builder"), firstProbePort);
    Template.write(
        "/org/blockraft/testnet/core.yaml",
        Map.of(
            "host", peer.host(),
            "port", Integer.toString(peer.port()),
            "chaincodePort", Integer.toString(peer.chaincodePort()),
            "operationsPort", Integer.toString(peer.operationsPort()),
            "node", peer.folder(crypto).toString(),
            "data", data.toString(),
            "mspId", peer.mspId(),
            "builder", builder.toString()),
        folder.resolve("core.yaml"));
  }

  private void startProbes() {
    startProbes(processes, firstProbePort());
  }

  /** Starts the chaincode servers, one process for all packages. */
  static void startProbes(Processes processes, int firstPort) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                chaincodeClassPath(),
                PROBE_SERVER));
    command.addAll(ProbePackages.serverArguments(firstPort));
    processes.start(
        PROBES,
        command,
        Map.of("CORE_PEER_TLS_ENABLED", "false", "CORE_PEER_LOCALMSPID", "Org1MSP"));
    processes.awaitLog(PROBES, PROBES_READY, START_TIMEOUT);
  }

  private static String chaincodeClassPath() {
    String own =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(own.split(File.pathSeparator))
        .filter(DifferentialNetwork::isForChaincode)
        .map(place -> OWN_JAR.matcher(place).replaceFirst("$1-probe.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isForChaincode(String place) {
    return Stream.concat(NOT_FOR_CHAINCODE.stream(), NOT_FOR_CHAINCODE_EITHER.stream())
        .noneMatch(place::contains);
  }

  private List<String> program(String name, String... arguments) {
    return settings.programs().command(name, files.root(), List.of(arguments));
  }

  private void tool(String name, String... arguments) {
    processes.run(program(name, arguments), Map.of(), TOOL_TIMEOUT);
  }

  private static void template(String name, Map<String, String> values, Path file) {
    Template.write("/org/blockraft/differential/" + name, values, file);
  }

  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public void close() {
    processes.names().forEach(processes::stop);
  }
}
