package org.blockraft.differential;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.testnet.FabricPrograms;
import org.blockraft.testnet.NetworkException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares our peer with a stock one; needs native Fabric binaries (FABRIC_BIN). */
@Command(
    name = "compare",
    description = "Compare our peer with a stock peer on the same network.",
    mixinStandardHelpOptions = true)
public final class DifferentialCommand implements Runnable {
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(new CommandLine(new DifferentialCommand()).execute(args));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** Makes a network and a driver for it. */
  private DifferentialNetwork network(Path folder, int basePort) {
    FabricPrograms programs =
        FabricPrograms.findNative(System.getenv())
            .orElseThrow(() -> new NetworkException("no Fabric binaries: set FABRIC_BIN"));
    DifferentialNetwork network =
        new DifferentialNetwork(
            new DifferentialNetwork.Settings(folder.toAbsolutePath(), basePort, 20, programs));
    network.start();
    return network;
  }

  @Command(description = "Record a chain and proposals of a stock network, and replay the chain.")
  int record(
      @Option(names = "--folder", defaultValue = "difference") Path folder,
      @Option(names = "--port", defaultValue = "21050") int basePort,
      @Option(names = "--seed", defaultValue = "1") long seed,
      @Option(names = "--rounds", defaultValue = "2") int rounds,
      @Option(names = "--size", defaultValue = "40") int size,
      @Option(names = "--to", required = true) Path file)
      throws IOException {
    Recorder recorder = new Recorder();
    try (DifferentialNetwork network = network(folder, basePort);
        ChainDriver driver = new ChainDriver(network, seed, recorder)) {
      new ChainPlan(rounds, size).run(driver);
      StockChain chain = driver.chain();
      say(
          "%d blocks, %d transactions, %d refused by the orderer, %d proposals: %s"
              .formatted(
                  chain.height(),
                  chain.transactions(),
                  chain.refused(),
                  recorder.count(),
                  chain.flags()));
      recorder.write(network, chain, file);
      say("written to %s, %d bytes".formatted(file, Files.size(file)));
    }
    return replay(file);
  }

  @Command(description = "Run our peer beside the stock peers and compare all it does.")
  int live(
      @Option(names = "--folder", defaultValue = "difference") Path folder,
      @Option(names = "--port", defaultValue = "21050") int basePort,
      @Option(names = "--seed", defaultValue = "1") long seed,
      @Option(names = "--rounds", defaultValue = "15") int rounds,
      @Option(names = "--size", defaultValue = "100") int size,
      @Option(
              names = {"-nodes", "--nodes"},
              defaultValue = "1",
              description = "Processes that are our peer; they are asked in turn.")
          int nodes,
      @Option(
              names = "--blockraft",
              defaultValue = "${sys:blockraft.distribution:-blockraft}/bin/blockraft",
              description = "The launcher of our peer.")
          Path launcher)
      throws IOException {
    LiveComparison comparison;
    StockChain chain;
    try (DifferentialNetwork network = network(folder, basePort);
        OurPeer ours = new OurPeer(network, launcher.toAbsolutePath(), nodes)) {
      ours.start();
      Party admin = network.user(network.ours, "Admin");
      List<PeerConnection> connections = ours.connect();
      comparison = new LiveComparison(connections, admin);
      try (ChainDriver driver = new ChainDriver(network, seed, comparison)) {
        Preparation.join(connections.getFirst(), admin, network.genesis());
        chain = driver.chain();
        new ChainPlan(rounds, size).run(driver);
        comparison.compareBlocks(chain.blocks());
      } finally {
        connections.forEach(PeerConnection::close);
      }
    }
    comparison.differences().forEach(d -> say(d.text()));
    say(
        "%d nodes, %d blocks, %d transactions, %d proposals: %d differences; flags %s"
            .formatted(
                nodes,
                chain.height(),
                chain.transactions(),
                comparison.proposals(),
                comparison.differences().size(),
                chain.flags()));
    return comparison.differences().isEmpty() ? 0 : 1;
  }

  @Command(description = "Kill our peer again and again under load, then compare all blocks.")
  int kill(
      @Option(names = "--folder", defaultValue = "difference") Path folder,
      @Option(names = "--port", defaultValue = "21050") int basePort,
      @Option(names = "--seed", defaultValue = "1") long seed,
      @Option(names = "--kills", defaultValue = "20") int kills,
      @Option(
              names = {"-nodes", "--nodes"},
              defaultValue = "1",
              description = "Processes that are our peer; leader and follower die in turn.")
          int nodes,
      @Option(
              names = "--blockraft",
              defaultValue = "${sys:blockraft.distribution:-blockraft}/bin/blockraft",
              description = "The launcher of our peer.")
          Path launcher) {
    List<Difference> differences;
    try (DifferentialNetwork network = network(folder, basePort);
        OurPeer ours = new OurPeer(network, launcher.toAbsolutePath(), nodes)) {
      differences = new KillLoop(network, ours, seed, this::say).run(kills);
    }
    differences.forEach(d -> say(d.text()));
    say("%d nodes, %d kills, %d differences".formatted(nodes, kills, differences.size()));
    return differences.isEmpty() ? 0 : 1;
  }

  @Command(description = "Replay a recorded chain without a node.")
  int replay(@CommandLine.Parameters(paramLabel = "FILE") Path file) throws IOException {
    Recording recording;
    try (var in = Files.newInputStream(file)) {
      recording = Recording.read(in);
    }
    List<Difference> differences = new ArrayList<>();
    Path folder = Files.createTempDirectory("replay");
    try (ChainReplay replay = new ChainReplay(folder, recording.blocks().getFirst(), "Org1MSP")) {
      for (var block : recording.blocks().subList(1, recording.blocks().size())) {
        differences.addAll(replay.commit(block));
      }
    } finally {
      DifferentialNetwork.delete(folder);
    }
    differences.forEach(d -> say(d.text()));
    say(
        "%d blocks replayed, %d differences"
            .formatted(recording.blocks().size(), differences.size()));
    return differences.isEmpty() ? 0 : 1;
  }
}
