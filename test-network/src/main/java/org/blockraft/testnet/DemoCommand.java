package org.blockraft.testnet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows the whole thing: network, channel, chaincode, transactions; ends with a table. */
@Command(name = "demo", description = "Start a network, use it, and say what happened.")
final class DemoCommand extends Main.Verb {
  private static final String CHANNEL = "mychannel";

  @picocli.CommandLine.Mixin private Main.Mode mode;

  @picocli.CommandLine.Option(
      names = "-keep",
      description = "Leave the network running at the end.")
  private boolean keep;

  private final List<String> rows = new ArrayList<>();
  private int step;

  @Override
  public Integer call() {
    LocalNetwork.down(Main.folder());
    LocalNetwork network = mode.network();
    say("mode: " + network.surroundings().name() + ", " + network.surroundings().description());
    try {
      run("start orderer and peer", () -> up(network));
      run("create and join channel " + CHANNEL, () -> create(network));
      for (String sample : List.of("wallet", "voting")) {
        run("deploy chaincode " + sample, () -> deploy(network, sample));
      }
      wallet(network);
      voting(network);
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

  private static String up(LocalNetwork network) {
    network.up();
    return "ready";
  }

  private static String create(LocalNetwork network) {
    network.createChannel(CHANNEL);
    return "joined";
  }

  private static String deploy(LocalNetwork network, String sample) {
    var deployment =
        new LocalNetwork.Deployment(sample, "1.0", ChaincodeServers.address(sample, Main.folder()));
    new ChaincodeServers(Main.folder()).start(sample, LocalNetwork.packageId(deployment));
    network.deploy(CHANNEL, deployment);
    return "committed";
  }

  private void invoke(LocalNetwork network, String chaincode, String function, String... args) {
    run(
        "submit %s %s%s".formatted(chaincode, function, List.of(args)),
        () -> "VALID " + network.invoke(call(chaincode, function, args), place(network)));
  }

  private static LocalNetwork.Call call(String chaincode, String function, String... args) {
    return new LocalNetwork.Call(CHANNEL, chaincode, function, List.of(args));
  }

  /** Each call goes through another node, where there are several. */
  private PeerPlace place(LocalNetwork network) {
    List<PeerPlace> running = network.running();
    return running.get(step % running.size());
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
            network.invoke(call(chaincode, function, args), place(network));
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
