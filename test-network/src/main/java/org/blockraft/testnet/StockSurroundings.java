package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Stock Fabric around our peer: a Raft orderer, and the stock peer of Org2. */
final class StockSurroundings implements Surroundings {
  private static final Duration TOOL_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

  private final NetworkFolder folder;
  private final Processes processes;
  private final FabricPrograms programs;

  StockSurroundings(NetworkFolder folder, Processes processes, FabricPrograms programs) {
    this.folder = folder;
    this.processes = processes;
    this.programs = programs;
  }

  @Override
  public String name() {
    return programs.mode();
  }

  @Override
  public String description() {
    return "stock Fabric (%s): Raft orderer, stock peer of Org2".formatted(programs.origin());
  }

  @Override
  public List<NetworkFolder.Org> organizations() {
    return List.of(NetworkFolder.ORG1, NetworkFolder.ORG2);
  }

  @Override
  public Map<Integer, String> ports() {
    Map<Integer, String> ports = new HashMap<>(Ports.of(folder.ports().peer(NetworkFolder.ORG2)));
    ports.put(folder.ports().orderer(), "the orderer");
    ports.put(folder.ports().ordererAdmin(), "the orderer's administration");
    ports.put(folder.ports().ordererOperations(), "the orderer's operations");
    return ports;
  }

  @Override
  public void generate() {
    if (Files.isDirectory(folder.crypto())) {
      return;
    }
    Path config = folder.root().resolve("crypto-config.yaml");
    Template.write("crypto-config.yaml", Map.of("hub", folder.ports().hub()), config);
    tool("cryptogen", "generate", "--config=" + config, "--output=" + folder.crypto());
  }

  @Override
  public void start() {
    Path config = folder.root().resolve("orderer");
    Template.write("orderer.yaml", values(), config.resolve("orderer.yaml"));
    onHub(config.resolve("orderer.yaml"));
    processes.start(
        "orderer",
        programs.command("orderer", folder.root(), List.of()),
        Map.of("FABRIC_CFG_PATH", config.toString()));
    processes.awaitLog("orderer", "Beginning to serve requests", START_TIMEOUT);
    NetworkFolder.Org org = NetworkFolder.ORG2;
    Path peerConfig = folder.root().resolve(org.name());
    Path builder =
        CcaasBuilderScripts.write(
            folder.root().resolve("ccaas-builder"), ChaincodeServers.addresses(folder.ports(), 1));
    PeerPlace place = folder.ports().peer(org);
    Template.writeCore(folder, org, place, builder, peerConfig.resolve("core.yaml"));
    onHub(peerConfig.resolve("core.yaml"));
    processes.start(
        place.process(),
        programs.command("peer", folder.root(), List.of("node", "start")),
        Map.of("FABRIC_CFG_PATH", peerConfig.toString()));
    processes.awaitLog(place.process(), "Started peer with ID", START_TIMEOUT);
  }

  /** Has what is configured for the loopback interface listen where isolated nodes reach it. */
  private void onHub(Path file) {
    try {
      String text = Files.readString(file);
      Files.writeString(file, text.replace(NetworkPorts.HOST, folder.ports().hub()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void createChannel(String channel, Duration batchTimeout) {
    Path config = folder.root().resolve("configtx");
    Map<String, String> values = new HashMap<>(values());
    values.put("batchTimeout", batchTimeout.toMillis() + "ms");
    Template.write("configtx.yaml", values, config.resolve("configtx.yaml"));
    Path block = folder.genesisBlock(channel);
    if (!Files.exists(block)) {
      createFolder(block.getParent());
      tool(
          "configtxgen",
          "-configPath=" + config,
          "-profile=Channel",
          "-channelID=" + channel,
          "-outputBlock=" + block);
    }
    Path tls = folder.ordererNode().resolve("tls");
    tool(
        "osnadmin",
        "channel",
        "join",
        "--channelID=" + channel,
        "--config-block=" + block,
        "-o",
        folder.ports().hub() + ":" + folder.ports().ordererAdmin(),
        "--ca-file=" + tls.resolve("ca.crt"),
        "--client-cert=" + tls.resolve("server.crt"),
        "--client-key=" + tls.resolve("server.key"));
  }

  private Map<String, String> values() {
    return Map.of(
        "hub", folder.ports().hub(),
        "crypto", folder.crypto().toString(),
        "orderer", folder.ordererNode().toString(),
        "data", folder.data("orderer").toString(),
        "ordererPort", Integer.toString(folder.ports().orderer()),
        "adminPort", Integer.toString(folder.ports().ordererAdmin()),
        "operationsPort", Integer.toString(folder.ports().ordererOperations()),
        "peer1Host", folder.ports().node(1).host(),
        "peer1Port", Integer.toString(folder.ports().peer(NetworkFolder.ORG1).port()),
        "peer2Port", Integer.toString(folder.ports().peer(NetworkFolder.ORG2).port()));
  }

  private void tool(String name, String... arguments) {
    processes.run(
        programs.command(name, folder.root(), List.of(arguments)), Map.of(), TOOL_TIMEOUT);
  }

  private static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
