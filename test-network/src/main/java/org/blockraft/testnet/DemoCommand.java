package org.blockraft.testnet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;

/** Shows the whole thing: network, channel, chaincode, transactions; ends with a table. */
@Command(name = "demo", description = "Start a network, use it, and say what happened.")
final class DemoCommand extends Main.Verb {
  private static final String CHANNEL = "mychannel";
  private static final int NODES = 3;
  private static final int SUBMITTERS = 4;
  private static final int ENDORSERS = 2;
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @picocli.CommandLine.Mixin private Main.Mode mode;

  @picocli.CommandLine.Option(
      names = "-keep",
      description = "Leave the network running at the end.")
  private boolean keep;

  @picocli.CommandLine.Option(
      names = "-nodes",
      description = "Processes that are our peer; 3 where there is etcd, else 1.")
  private Integer nodes;

  private final List<String> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private int step;

  @Override
  public Integer call() {
    LocalNetwork.down(Main.folder());
    LocalNetwork network = mode.network();
    if (nodes == null) {
      boolean etcd = EtcdServers.program(System.getenv()).isPresent();
      nodes = etcd ? NODES : 1;
      say(etcd ? "etcd is there: " + NODES + " nodes" : "one node: " + EtcdServers.MISSING);
    }
    say("mode: " + network.surroundings().name() + ", " + network.surroundings().description());
    try {
      run(
          nodes == 1 ? "start orderer and peer" : "start orderer, etcd and " + nodes + " nodes",
          () -> up(network));
      run("create and join channel " + CHANNEL, () -> create(network));
      for (String sample : List.of("wallet", "voting")) {
        run("deploy chaincode " + sample, () -> deploy(network, sample));
      }
      wallet(network);
      voting(network);
      if (nodes > 1) {
        failover(network);
      }
    } catch (NetworkException e) {
      // Data and logs stay, so that one can see what went wrong.
      table();
      new Processes(Main.folder()).stopAll();
      throw e;
    }
    table();
    if (!keep) {
      LocalNetwork.down(Main.folder());
    }
    say(keep ? "The network is still up: network.sh cc query ..., network.sh down" : "Done.");
    return 0;
  }

  private void wallet(LocalNetwork network) {
    invoke(network, "wallet", "deposit", "alice", "100");
    invoke(network, "wallet", "deposit", "bob", "50");
    invoke(network, "wallet", "transfer", "alice", "bob", "30");
    invoke(network, "wallet", "withdraw", "bob", "5");
    expect(network, "wallet", "70", "balance", "alice");
    expect(network, "wallet", "75", "balance", "bob");
    refused(network, "wallet", "withdraw", "alice", "1000");
  }

  private void voting(LocalNetwork network) {
    invoke(network, "voting", "register", "ann", "3");
    invoke(network, "voting", "register", "ben", "1");
    invoke(network, "voting", "registerCandidate", "carol");
    invoke(network, "voting", "cast", "ann", "carol");
    invoke(network, "voting", "transfer", "ann", "ben", "1");
    expect(network, "voting", "1", "result", "carol");
    expect(network, "voting", "2", "votesOf", "ben");
  }

  private String up(LocalNetwork network) {
    if (nodes == 1) {
      network.up();
      return "ready";
    }
    network.up(new ClusterPlan(nodes, 1));
    try (ClusterWatch watch = new ClusterWatch(network.nodes().orElseThrow())) {
      return watch.awaitLeader(TIMEOUT).process() + " leads";
    }
  }

  private static String deploy(LocalNetwork network, String sample) {
    network.deploySample(CHANNEL, sample);
    return "committed";
  }

  private static String create(LocalNetwork network) {
    network.createChannel(CHANNEL);
    return "joined";
  }

  private void invoke(LocalNetwork network, String chaincode, String function, String... args) {
    run(
        "submit %s %s%s".formatted(chaincode, function, List.of(args)),
        () -> "VALID " + submit(network, call(chaincode, function, args)));
  }

  private static LocalNetwork.Call call(String chaincode, String function, String... args) {
    return new LocalNetwork.Call(CHANNEL, chaincode, function, List.of(args));
  }

  private void failover(LocalNetwork network) {
    ClusterNodes cluster = network.nodes().orElseThrow();
    InstantSource clock = InstantSource.system();
    Load load = new Load(Main.folder(), LoadPlan.transfers(CHANNEL, SUBMITTERS, ENDORSERS), clock);
    try (ClusterWatch watch = new ClusterWatch(cluster)) {
      try (load) {
        FailoverDrill drill = new FailoverDrill(CHANNEL, cluster, watch, load);
        AtomicReference<PeerPlace> leader = new AtomicReference<>();
        run(
            "clients on the followers: transfers",
            () -> {
              leader.set(drill.loadOnFollowers());
              return load.acknowledged().size() + " committed";
            });
        PeerPlace killed = leader.get();
        run(
            "kill -9 of the leader, %s, under load".formatted(killed.process()),
            () -> {
              FailoverDrill.Failover seen = drill.strike(killed);
              note("requests that failed at clients", Long.toString(seen.failed()));
              note("longest time without endorsement", seen.endorsementGap().toMillis() + " ms");
              note("longest time without commit", seen.commitGap().toMillis() + " ms");
              return seen.successor() + " leads";
            });
        run(
            "start %s again, under load".formatted(killed.process()),
            () -> {
              drill.end(killed);
              return "caught up";
            });
        run("end the load", () -> ended(load));
      }
      run(
          "compare all blocks of all nodes",
          () -> {
            LedgerAudit.Outcome same =
                new LedgerAudit(Main.folder(), CHANNEL, clock)
                    .compare(
                        cluster.places(),
                        watch.awaitSameHeight(CHANNEL, 1, TIMEOUT),
                        load.acknowledged());
            note("commit hash of all nodes", same.shortHash() + "...");
            return "equal, height " + same.height();
          });
      watch.lines().forEach(this::say);
    }
  }

  private String ended(Load load) {
    load.close();
    if (load.failed() > 0) {
      throw new NetworkException(
          "%d requests failed: %s".formatted(load.failed(), load.failures()));
    }
    return "%d committed, 0 failed".formatted(load.acknowledged().size());
  }

  private void note(String title, String value) {
    notes.add("|    | %-44s | %-24s | %6s |".formatted("   " + title, value, ""));
  }

  /** Each call goes through another node, where there are several. */
  private PeerPlace place(LocalNetwork network) {
    List<PeerPlace> running = network.running();
    return running.get(step % running.size());
  }

  /** Other nodes show the commit a moment later than the one that was asked. */
  private String submit(LocalNetwork network, LocalNetwork.Call call) {
    String result = network.invoke(call, place(network));
    network
        .nodes()
        .ifPresent(
            cluster -> {
              try (ClusterWatch watch = new ClusterWatch(cluster)) {
                watch.awaitSameHeight(CHANNEL, 1, TIMEOUT);
              }
            });
    return result;
  }

  private void expect(
      LocalNetwork network, String chaincode, String wanted, String function, String... args) {
    run(
        "evaluate %s %s%s".formatted(chaincode, function, List.of(args)),
        () -> {
          String got = network.query(call(chaincode, function, args), place(network));
          if (!got.equals(wanted)) {
            throw new NetworkException("expected %s, got %s".formatted(wanted, got));
          }
          return got;
        });
  }

  private void refused(LocalNetwork network, String chaincode, String function, String... args) {
    run(
        "submit %s %s%s".formatted(chaincode, function, List.of(args)),
        () -> {
          try {
            submit(network, call(chaincode, function, args));
          } catch (NetworkException e) {
            return "refused, as it must be";
          }
          throw new NetworkException("was not refused");
        });
  }

  private void run(String title, Callable<String> work) {
    step++;
    say("%2d. %s ...".formatted(step, title));
    long start = System.nanoTime();
    String outcome = "failed";
    try {
      outcome = work.call().strip();
    } catch (NetworkException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      long millis = (System.nanoTime() - start) / 1_000_000;
      rows.add("| %2d | %-44s | %-24s | %6d |".formatted(step, title, outcome, millis));
      rows.addAll(notes);
      notes.clear();
    }
  }

  private void table() {
    String line = "+----+-%s-+-%s-+--------+".formatted("-".repeat(44), "-".repeat(24));
    say("");
    say(line);
    say("| %2s | %-44s | %-24s | %6s |".formatted("#", "what", "outcome", "ms"));
    say(line);
    rows.forEach(this::say);
    say(line);
  }
}
