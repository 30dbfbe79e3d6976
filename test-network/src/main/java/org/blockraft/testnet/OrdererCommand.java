package org.blockraft.testnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.hyperledger.fabric.protos.common.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** Runs the development orderer in the foreground, for every channel with a genesis block. */
@Command(name = "orderer", description = "Run the development orderer.", hidden = true)
final class OrdererCommand implements Callable<Integer> {
  /** The text in the log that says that the orderer serves. */
  static final String READY = "Development orderer is ready";

  private static final Logger LOG = LoggerFactory.getLogger(OrdererCommand.class);

  @Override
  public Integer call() throws IOException, InterruptedException {
    NetworkFolder folder = Main.folder();
    List<Block> genesis = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.genesisBlock("any").getParent())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".block")).sorted().toList()) {
        genesis.add(Block.parseFrom(Files.readAllBytes(file)));
      }
    }
    try (DevelopmentOrderer orderer =
        new DevelopmentOrderer(
            NetworkFolder.ORDERER_MSP,
            folder.ordererNode(),
            folder.data("orderer"),
            folder.ports().hub() + ":" + folder.ports().orderer(),
            genesis,
            InstantSource.system())) {
      orderer.start();
      Runtime.getRuntime().addShutdownHook(new Thread(orderer::close));
      LOG.info("{} on port {}", READY, orderer.port());
      orderer.awaitTermination();
    }
    return 0;
  }
}
