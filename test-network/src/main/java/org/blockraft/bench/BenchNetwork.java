package org.blockraft.bench;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.blockraft.differential.OrdererConnection;
import org.blockraft.differential.Party;
import org.blockraft.testnet.CcaasBuilderScripts;
import org.blockraft.testnet.ChaincodeServers;
import org.blockraft.testnet.ChannelGenesis;
import org.blockraft.testnet.CryptoMaterial;
import org.blockraft.testnet.DevelopmentOrderer;
import org.blockraft.testnet.FabricPrograms;
import org.blockraft.testnet.NetworkFolder;
import org.blockraft.testnet.PeerPlace;
import org.blockraft.testnet.Processes;
import org.blockraft.testnet.Template;
import org.hyperledger.fabric.protos.common.Block;

/**
 * One organization, one orderer, one chaincode server, and a place for one peer, which the peers to
 * be measured take in turn: same identity, ports and configuration. The orderer is a stock one
 * where there is one, else the development orderer, in this process.
 */
final class BenchNetwork implements AutoCloseable {
  static final String CHANNEL = "bench";
  static final String MSP = "Org1MSP";

  /** Blocks are cut by count and not by size or time, except for the last one. */
  static final int BLOCK_TRANSACTIONS = 500;

  private static final String DOMAIN = "org1.example.com";
  private static final String HOST = "peer0." + DOMAIN;
  private static final String ORDERER_MSP = "OrdererMSP";
  private static final String ORDERER_HOST = "orderer.example.com";
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration TOOL_TIMEOUT = Duration.ofMinutes(1);
  private static final int PREFERRED_BYTES_MAX = 8 * 1024 * 1024;
  private static final int ABSOLUTE_BYTES_MAX = 32 * 1024 * 1024;
  private static final int PEER_PORT_OFFSET = 10;
  private static final int CHAINCODE_PORT_OFFSET = 20;
  private static final int MORE_NODES_PORT_OFFSET = 30;
  private static final int NODE_PORTS = 10;

  private final NetworkFolder files;
  private final int basePort;
  private final Optional<FabricPrograms> programs;
  private final Processes processes;
  private DevelopmentOrderer embedded;

  BenchNetwork(NetworkFolder files, int basePort, Optional<FabricPrograms> programs) {
    this.files = files;
    this.basePort = basePort;
    this.programs = programs;
    this.processes = new Processes(files);
  }

  Processes processes() {
    return processes;
  }

  /** Where a peer runs, or the first of its nodes. */
  PeerPlace place(String name) {
    return place(name, basePort + PEER_PORT_OFFSET);
  }

  /** Where a node of a peer of several runs, from 1. */
  PeerPlace node(int number) {
    String name = "node" + number;
    return number == 1
        ? place(name)
        : place(name, basePort + MORE_NODES_PORT_OFFSET + (number - 2) * NODE_PORTS);
  }

  private static PeerPlace place(String name, int port) {
    return new PeerPlace(name, port, port + 2);
  }

  NetworkFolder files() {
    return files;
  }

  static String peerHost() {
    return HOST;
  }

  Path peerTlsRoot() {
    return peerNode().resolve("tls/ca.crt");
  }

  String chaincodeAddress() {
    return "127.0.0.1:" + (basePort + CHAINCODE_PORT_OFFSET);
  }

  Party user(String name) {
    String folder = "users/" + name + "@" + DOMAIN + "/msp";
    return Party.load(organization().resolve(folder), MSP);
  }

  OrdererConnection orderer() {
    return new OrdererConnection("127.0.0.1:" + basePort, ordererNode().resolve("tls/ca.crt"));
  }

  Block genesis() {
    try {
      return Block.parseFrom(Files.readAllBytes(genesisFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether an earlier run left a network, with its chain, in the folder. */
  boolean isThere() {
    return Files.exists(genesisFile());
  }

  /** Makes key material and genesis block, unless they are there, and starts the orderer. */
  void start() {
    boolean fresh = !isThere();
    if (fresh) {
      CryptoMaterial material = new CryptoMaterial(crypto(), InstantSource.system().instant());
      material.writeOrdererOrganization("example.com", List.of(ORDERER_HOST));
      material.writePeerOrganization(DOMAIN, 1, 1);
    }
    if (programs.isPresent()) {
      startStockOrderer(fresh);
    } else {
      startEmbeddedOrderer(fresh);
    }
  }

  private void startStockOrderer(boolean fresh) {
    Path config = files.root().resolve("config");
    Map<String, String> values =
        Map.of(
            "crypto", crypto().toString(),
            "orderer", ordererNode().toString(),
            "data", files.data("orderer").toString(),
            "ordererPort", Integer.toString(basePort),
            "adminPort", Integer.toString(basePort + 1),
            "operationsPort", Integer.toString(basePort + 2),
            "batch", Integer.toString(BLOCK_TRANSACTIONS));
    Template.write("/org/blockraft/testnet/orderer.yaml", values, config.resolve("orderer.yaml"));
    Template.write("/org/blockraft/bench/configtx.yaml", values, config.resolve("configtx.yaml"));
    processes.start("orderer", program("orderer"), Map.of("FABRIC_CFG_PATH", config.toString()));
    processes.awaitLog("orderer", "Beginning to serve requests", START_TIMEOUT);
    if (fresh) {
      tool(
          "configtxgen",
          "-configPath=" + config,
          "-profile=Channel",
          "-channelID=" + CHANNEL,
          "-outputBlock=" + genesisFile());
      Path tls = ordererNode().resolve("tls");
      tool(
          "osnadmin",
          "channel",
          "join",
          "--channelID=" + CHANNEL,
          "--config-block=" + genesisFile(),
          "-o",
          "127.0.0.1:" + (basePort + 1),
          "--ca-file=" + tls.resolve("ca.crt"),
          "--client-cert=" + tls.resolve("server.crt"),
          "--client-key=" + tls.resolve("server.key"));
    }
    processes.awaitLog("orderer", "Raft leader changed: 0 -> 1", START_TIMEOUT);
  }

  private void startEmbeddedOrderer(boolean fresh) {
    try {
      if (fresh) {
        Files.write(genesisFile(), embeddedGenesis().toByteArray());
      }
      embedded =
          new DevelopmentOrderer(
              ORDERER_MSP,
              ordererNode(),
              files.data("orderer"),
              "127.0.0.1:" + basePort,
              List.of(genesis()),
              InstantSource.system());
      embedded.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Block embeddedGenesis() {
    Instant now = InstantSource.system().instant();
    return ChannelGenesis.block(
        CHANNEL,
        new ChannelGenesis.Ordering(
            ORDERER_MSP,
            crypto().resolve("ordererOrganizations/example.com"),
            List.of("127.0.0.1:" + basePort)),
        List.of(
            new ChannelGenesis.Org(MSP, organization(), "127.0.0.1", basePort + PEER_PORT_OFFSET)),
        new ChannelGenesis.Batches(
            BLOCK_TRANSACTIONS, ABSOLUTE_BYTES_MAX, PREFERRED_BYTES_MAX, "1s"),
        now);
  }

  /** The command of a peer: the stock program, or our launcher. */
  List<String> peerCommand(boolean stock) {
    return stock
        ? program("peer", "node", "start")
        : List.of(files.distribution().resolve("bin/blockraft").toString(), "node", "start");
  }

  /** Starts a peer with an empty folder; returns its process id. */
  long startPeer(String name, List<String> command) {
    configure(place(name), Optional.empty());
    BenchFiles.delete(files.data(name));
    return launch(name, command);
  }

  /**
   * Writes the configuration of a peer, or of a node of one.
   *
   * @param etcd endpoints, if it is a node
   */
  void configure(PeerPlace place, Optional<List<String>> etcd) {
    Path config = files.root().resolve(place.process());
    Path builder = CcaasBuilderScripts.write(files.root().resolve("ccaas-builder"));
    Template.write(
        "/org/blockraft/testnet/core.yaml",
        Map.of(
            "host", HOST,
            "port", Integer.toString(place.port()),
            "chaincodePort", Integer.toString(place.chaincodePort()),
            "operationsPort", Integer.toString(place.operationsPort()),
            "node", peerNode().toString(),
            "data", files.data(place.process()).toString(),
            "mspId", MSP,
            "builder", builder.toString()),
        config.resolve("core.yaml"));
    etcd.ifPresent(endpoints -> appendCluster(place, endpoints, config));
  }

  private static void appendCluster(PeerPlace place, List<String> endpoints, Path config) {
    Path more = config.resolve("cluster.yaml");
    Template.write(
        "/org/blockraft/testnet/cluster.yaml",
        Map.of(
            "cluster",
            CHANNEL,
            "name",
            place.process(),
            "linkPort",
            Integer.toString(place.linkPort()),
            "etcd",
            "\"" + String.join("\", \"", endpoints) + "\""),
        more);
    try {
      Files.writeString(
          config.resolve("core.yaml"), Files.readString(more), StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a peer that is configured, with the data that it has; returns its process id. */
  long launch(String name, List<String> command) {
    Path config = files.root().resolve(name);
    processes.start(name, command, Map.of("FABRIC_CFG_PATH", config.toString()));
    processes.awaitLog(name, "Started peer with ID", START_TIMEOUT);
    return processes.alive(name).orElseThrow().pid();
  }

  /** Starts the chaincode server: a program of the caller's, or the wallet sample. */
  void startChaincode(Optional<String> command, String packageId) {
    if (command.isEmpty()) {
      new ChaincodeServers(files).start("wallet", packageId, chaincodeAddress());
      return;
    }
    processes.start(
        "chaincode",
        List.of("/bin/sh", "-c", "exec " + command.get()),
        Map.of(
            "CHAINCODE_ID", packageId,
            "CORE_CHAINCODE_ID_NAME", packageId,
            "CHAINCODE_SERVER_ADDRESS", chaincodeAddress()));
  }

  private List<String> program(String name, String... arguments) {
    return programs.orElseThrow().command(name, files.root(), List.of(arguments));
  }

  private void tool(String name, String... arguments) {
    processes.run(program(name, arguments), Map.of(), TOOL_TIMEOUT);
  }

  private Path crypto() {
    return files.root().resolve("crypto-config");
  }

  private Path organization() {
    return crypto().resolve("peerOrganizations").resolve(DOMAIN);
  }

  private Path peerNode() {
    return organization().resolve("peers").resolve(HOST);
  }

  private Path ordererNode() {
    return crypto().resolve("ordererOrganizations/example.com/orderers").resolve(ORDERER_HOST);
  }

  private Path genesisFile() {
    return files.root().resolve(CHANNEL + ".block");
  }

  /** The genesis block as the argument of a join. */
  ByteString joinArgument() {
    return genesis().toByteString();
  }

  @Override
  public void close() {
    processes.names().forEach(processes::stop);
    if (embedded != null) {
      embedded.close();
    }
  }
}
