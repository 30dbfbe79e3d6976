package org.blockraft.testnet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The long run: a chain under random faults, compared with a stock peer's. */
@Command(
    name = "chaos",
    description = {
      "Run a chain under random kills, pauses and partitions, and compare it with a stock peer's.",
      "Takes the cluster that is up, with the probe chaincode on the channel, or else starts one"
          + " and stops it at the end. Ends with 1 when anything is not as it should be."
    })
final class ChaosCommand extends Main.Verb {
  static final String CHAINCODE = "probe";

  @Mixin private Main.Mode mode;

  @Option(names = "-minutes", defaultValue = "30", description = "How long, at least.")
  private int minutes;

  @Option(
      names = "-transactions",
      defaultValue = "20000",
      description = "How many the chain must have in the end; goes on for up to twice the time.")
  private int transactions;

  @Option(names = "-nodes", defaultValue = "3", description = "If none is up: how many nodes.")
  private int nodeCount;

  @Option(names = "-etcd", defaultValue = "1", description = "If none is up: members of etcd.")
  private int etcdMembers;

  @Option(names = "-seed", description = "Of faults and transactions; another one each time.")
  private Long seed;

  @Option(names = "-c", defaultValue = "mychannel", description = "Channel name.")
  private String channel;

  @Option(
      names = "-keep",
      description =
          "Leave a network that was started here, with its data and logs, to be looked at.")
  private boolean keep;

  @Option(names = "-json", description = "File for the results; .bench/chaos.json beside .work.")
  private Path json;

  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    boolean own = !mode.network().isUp();
    if (own) {
      start();
    }
    try {
      return run();
    } finally {
      if (own && keep) {
        new Processes(Main.folder()).stopAll();
      } else if (own) {
        LocalNetwork.down(Main.folder());
      }
    }
  }

  private void start() {
    LocalNetwork.down(Main.folder());
    ClusterPlan plan = new ClusterPlan(nodeCount, etcdMembers, NodeNamespaces.permitted());
    plan.write(Main.folder());
    LocalNetwork network = mode.network();
    say(
        "mode: %s, %s; starting %d nodes ..."
            .formatted(
                network.surroundings().name(), network.surroundings().description(), nodeCount));
    network.up(plan);
    network.createChannel(channel);
    network.deploySample(channel, CHAINCODE);
  }

  private int run() throws IOException {
    LocalNetwork network = mode.network();
    if (network.nodes().isEmpty()) {
      throw new NetworkException("the peer that is up is one process");
    }
    boolean cuts = ClusterPlan.of(Main.folder()).filter(ClusterPlan::isolated).isPresent();
    if (!cuts) {
      say("nodes share one network, so none is cut off; that needs: up -isolate, as root");
    }
    InstantSource clock = InstantSource.system();
    if (seed == null) {
      seed = clock.millis();
    }
    var plan = new ChaosRun.Plan(channel, seed, Duration.ofMinutes(minutes), transactions, cuts);
    say("seed %d, %.1f transactions/s for %d min".formatted(seed, plan.perSecond(), minutes));
    ChaosRun run = new ChaosRun(Main.folder(), network, plan, clock, this::say);
    run.run();
    return finish(network, run);
  }

  private int finish(LocalNetwork network, ChaosRun run) throws IOException {
    say("");
    run.report().lines().forEach(this::say);
    Map<String, Object> all = new LinkedHashMap<>();
    List<String> arguments = spec.commandLine().getParseResult().originalArgs();
    all.put("arguments", arguments);
    all.put("seed", seed);
    all.put("surroundings", network.surroundings().description());
    all.put("figures", run.figures());
    all.put("findings", run.record().findings());
    run.figures().forEach((what, value) -> say("%-28s %s".formatted(what, value)));
    run.record().findings().forEach(text -> say("finding: " + text));
    Path file = json == null ? Main.folder().root().resolveSibling(".bench/chaos.json") : json;
    run.report().write(file, all);
    say("written to " + file);
    return run.record().found() == 0 ? 0 : 1;
  }
}
