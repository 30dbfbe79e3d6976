package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.protos.common.Block;

/** Key material, genesis block and orderer made in Java; nothing of Fabric needs to be there. */
final class EmbeddedSurroundings implements Surroundings {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final String ORDERER = "orderer";

  private final NetworkFolder folder;
  private final Processes processes;
  private final InstantSource clock;

  EmbeddedSurroundings(NetworkFolder folder, Processes processes, InstantSource clock) {
    this.folder = folder;
    this.processes = processes;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "embedded";
  }

  @Override
  public String description() {
    return "development orderer, key material and genesis block made in Java; Org1 only";
  }

  @Override
  public List<NetworkFolder.Org> organizations() {
    return List.of(NetworkFolder.ORG1);
  }

  @Override
  public Map<Integer, String> ports() {
    return Map.of(folder.ports().orderer(), "the development orderer");
  }

  @Override
  public void generate() {
    if (Files.isDirectory(folder.crypto())) {
      return;
    }
    CryptoMaterial material =
        new CryptoMaterial(folder.crypto(), clock.instant(), folder.ports().hub());
    material.writeOrdererOrganization(NetworkFolder.DOMAIN, List.of(NetworkFolder.ORDERER_HOST));
    material.writePeerOrganization(NetworkFolder.ORG1.domain(), 1, 1);
  }

  @Override
  public void start() {
    // The orderer starts with its first channel.
  }

  @Override
  public void createChannel(String channel, Duration batchTimeout) {
    Path file = folder.genesisBlock(channel);
    if (!Files.exists(file)) {
      write(file, genesis(channel, batchTimeout));
    }
    processes.stop(ORDERER);
    processes.start(
        ORDERER,
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "orderer"),
        Map.of(
            Main.FOLDER_VARIABLE,
            folder.root().toString(),
            NetworkPorts.VARIABLE,
            Integer.toString(folder.ports().shift())));
    processes.awaitLog(ORDERER, OrdererCommand.READY, START_TIMEOUT);
  }

  private Block genesis(String channel, Duration batchTimeout) {
    NetworkFolder.Org org = NetworkFolder.ORG1;
    return ChannelGenesis.block(
        channel,
        new ChannelGenesis.Ordering(
            NetworkFolder.ORDERER_MSP,
            folder.crypto().resolve("ordererOrganizations").resolve(NetworkFolder.DOMAIN),
            List.of(folder.ports().hub() + ":" + folder.ports().orderer())),
        List.of(
            new ChannelGenesis.Org(
                org.mspId(),
                folder.organization(org),
                folder.ports().node(1).host(),
                folder.ports().peer(org).port())),
        ChannelGenesis.Batches.DEFAULT.withTimeout(batchTimeout),
        clock.instant());
  }

  private static void write(Path file, Block block) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, block.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
