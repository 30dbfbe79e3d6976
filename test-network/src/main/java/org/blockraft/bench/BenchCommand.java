package org.blockraft.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.blockraft.testnet.FabricPrograms;
import org.blockraft.testnet.Main;
import org.blockraft.testnet.NetworkException;
import org.blockraft.testnet.NetworkFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures catch-up and endorsement of our peer, and of a stock peer beside it. */
@Command(
    name = "bench",
    description = {
      "Measure catch-up and endorsement of our peer beside a stock one.",
      "Each peer in turn replays the same chain from its genesis block and then endorses"
          + " proposals; CPU is user and system time of the peer process. The stock peer and"
          + " orderer come from FABRIC_BIN or PATH; without them ours is measured alone."
    },
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  static final String ASSET_READ = "ReadAsset,asset{n}";
  static final String ASSET_WRITE = "CreateAsset,asset{n},{pad},5,owner,100";
  static final String WALLET_READ = "balance,account{n}";
  static final String WALLET_WRITE = "deposit,account{n},100";

  @Spec private CommandSpec spec;

  @Option(
      names = "-cc",
      description =
          "Command of a ccaas chaincode server, which finds its package id in CHAINCODE_ID and"
              + " its address in CHAINCODE_SERVER_ADDRESS; the wallet sample if not given.")
  private String chaincode;

  @Option(
      names = "-ccread",
      description =
          "Function and arguments of a read, by commas; {n} is replaced by the number of a"
              + " transaction. Default for -cc: "
              + ASSET_READ)
  private String read;

  @Option(
      names = "-ccwrite",
      description =
          "The same of a write; {pad} is replaced by 120 bytes. Default for -cc: " + ASSET_WRITE)
  private String write;

  @Option(names = "-transactions", defaultValue = "20000", description = "Length of the chain.")
  private int transactions;

  @Option(names = "-proposals", defaultValue = "10000", description = "Of each kind, per run.")
  private int proposals;

  @Option(names = "-warmup", defaultValue = "40000", description = "Proposals not counted.")
  private int warmup;

  @Option(names = "-repeat", defaultValue = "3", description = "Runs of each peer, alternating.")
  private int repetitions;

  @Option(names = "-peers", split = ",", defaultValue = "stock,ours", description = "Whom.")
  private List<String> peers;

  @Option(names = "-port", defaultValue = "22050", description = "First of 30 ports.")
  private int basePort;

  @Option(names = "-folder", description = "Where everything is kept.")
  private Path folder;

  @Option(names = "-reuse", description = "Take the chain that an earlier run left in the folder.")
  private boolean reuse;

  @Option(names = "-json", description = "File for the results; bench.json in the folder.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    Optional<FabricPrograms> programs = FabricPrograms.findNative(System.getenv());
    NetworkFolder standard = Main.folder();
    Path root = folder == null ? standard.root().resolveSibling(".bench") : folder;
    Path file = json == null ? root.resolve("bench.json") : json;
    root = root.toAbsolutePath();
    if (!reuse) {
      BenchFiles.delete(root);
    }
    Files.createDirectories(root);
    NetworkFolder files = new NetworkFolder(root, standard.distribution(), standard.libraries());
    if (programs.isEmpty()) {
      say("no stock programs (FABRIC_BIN): ours alone, with the development orderer");
      peers = List.of("ours");
    }
    BenchPlan plan =
        new BenchPlan(
            Optional.ofNullable(chaincode),
            words(read, chaincode == null ? WALLET_READ : ASSET_READ),
            words(write, chaincode == null ? WALLET_WRITE : ASSET_WRITE),
            transactions,
            proposals,
            warmup,
            repetitions,
            peers);
    BenchReport report = new BenchReport(plan, spec.commandLine().getParseResult().originalArgs());
    try (BenchNetwork network = new BenchNetwork(files, basePort, programs)) {
      new BenchRun(network, plan, root.resolve("chain.json"), this::say).run(report);
      report.environment(network, programs.isPresent());
    }
    report.lines().forEach(this::say);
    report.write(file);
    say("written to " + file);
    return 0;
  }

  static List<String> words(String given, String standard) {
    List<String> words = List.of((given == null ? standard : given).split(","));
    if (words.size() < 2) {
      throw new NetworkException("give a function and its arguments by commas, not " + given);
    }
    return words;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
