package org.blockraft.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.blockraft.testnet.FabricPrograms;
import org.blockraft.testnet.Main;
import org.blockraft.testnet.NetworkFolder;
import org.blockraft.testnet.NetworkPorts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the speed of a stock peer, of one node and of several. */
@Command(
    name = "speed",
    description = {
      "Compare a stock peer, one node and several nodes: speed, processor time, gap at a kill.",
      "Each peer process has the same quota of processor time, by control groups of version 1"
          + " where this user may make some; chaincode, orderer, etcd and clients have none. The"
          + " stock peer comes from FABRIC_BIN or PATH, etcd from PATH."
    },
    mixinStandardHelpOptions = true)
public final class SpeedCommand implements Callable<Integer> {
  /** Of the ports of the local network, whose layout etcd follows. */
  private static final int STANDARD_ORDERER_PORT = 7050;

  private static final int CLIENT_SHARES = 4096;

  @Spec private CommandSpec spec;

  @Option(
      names = "-peers",
      split = ",",
      defaultValue = "stock,1,3",
      description =
          "Whom, in this order: stock, a number of nodes, or 3x1: three peers of one node that know"
              + " nothing of each other, which is what the machine allows three nodes. Ratios are"
              + " to 1.")
  private List<String> peers;

  @Option(
      names = "-quota",
      defaultValue = "0.25",
      description = "Processors of each peer process while it is measured; warming up it has one.")
  private double quota;

  @Option(names = "-clients", defaultValue = "96", description = "Proposals in flight in all.")
  private int clients;

  @Option(names = "-warmup", defaultValue = "20000", description = "Proposals for each process.")
  private int warmup;

  @Option(names = "-repeat", defaultValue = "3", description = "Measures of endorsement.")
  private int repetitions;

  @Option(names = "-seconds", defaultValue = "10", description = "Length of each.")
  private int seconds;

  @Option(names = "-transactions", defaultValue = "30000", description = "Length of the chain.")
  private int transactions;

  @Option(names = "-submit", defaultValue = "3000", description = "Transactions end to end.")
  private int submitted;

  @Option(names = "-submitters", defaultValue = "500", description = "Of these in flight.")
  private int submitters;

  @Option(names = "-cc", description = "Command of a chaincode server; see bench.")
  private String chaincode;

  @Option(names = "-ccread", description = "See bench.")
  private String read;

  @Option(names = "-ccwrite", description = "See bench.")
  private String write;

  @Option(names = "-port", defaultValue = "22050", description = "First of 100 ports.")
  private int basePort;

  @Option(names = "-folder", description = "Where everything is kept.")
  private Path folder;

  @Option(names = "-reuse", description = "Take the chain that an earlier run left in the folder.")
  private boolean reuse;

  @Option(names = "-json", description = "File for the results; speed.json in the folder.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Optional<FabricPrograms> programs = FabricPrograms.findNative(System.getenv());
    NetworkFolder standard = Main.folder();
    Path root = folder == null ? standard.root().resolveSibling(".speed") : folder;
    Path file = json == null ? root.resolve("speed.json") : json;
    root = root.toAbsolutePath();
    if (!reuse) {
      BenchFiles.delete(root);
    }
    Files.createDirectories(root);
    NetworkFolder files =
        new NetworkFolder(
            root,
            standard.distribution(),
            standard.libraries(),
            new NetworkPorts(basePort - STANDARD_ORDERER_PORT));
    SpeedPlan plan = plan(programs.isPresent());
    SpeedReport report = new SpeedReport(plan, spec.commandLine().getParseResult().originalArgs());
    // Outside all quotas, but not at the mercy of whatever else the machine does.
    Optional<CpuQuota> clientGroup = CpuQuota.create("clients", CLIENT_SHARES);
    clientGroup.ifPresent(CpuQuota::enter);
    try (BenchNetwork network = new BenchNetwork(files, basePort, programs)) {
      BenchPlan chain = chain(programs.isPresent());
      BenchRun preparation = new BenchRun(network, chain, root.resolve("chain.json"), this::say);
      long height = preparation.prepare();
      SpeedRun run = new SpeedRun(network, chain, plan, preparation.file(), height, this::say);
      for (Contestant contestant : plan.contestants()) {
        report.add(run.measure(contestant));
        report.write(file, BenchReport.machine(network, programs.isPresent()));
      }
    } finally {
      clientGroup.ifPresent(CpuQuota::close);
    }
    report.lines().forEach(this::say);
    say("written to " + file);
    return 0;
  }

  private SpeedPlan plan(boolean stock) {
    List<Contestant> contestants =
        peers.stream().map(Contestant::of).filter(c -> stock || !c.isStock()).toList();
    if (!stock && peers.contains("stock")) {
      say("no stock programs (FABRIC_BIN): ours alone, with the development orderer");
    }
    return new SpeedPlan(
        contestants,
        quota,
        warmup,
        clients,
        repetitions,
        Duration.ofSeconds(seconds),
        submitted,
        submitters);
  }

  private BenchPlan chain(boolean stock) {
    boolean own = chaincode == null;
    return new BenchPlan(
        Optional.ofNullable(chaincode),
        BenchCommand.words(read, own ? BenchCommand.WALLET_READ : BenchCommand.ASSET_READ),
        BenchCommand.words(write, own ? BenchCommand.WALLET_WRITE : BenchCommand.ASSET_WRITE),
        transactions,
        0,
        0,
        0,
        List.of(stock ? "stock" : "ours"));
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
