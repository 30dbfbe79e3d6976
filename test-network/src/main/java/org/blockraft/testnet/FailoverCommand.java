package org.blockraft.testnet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what clients see when the leader or a follower is killed, again and again. */
@Command(
    name = "failover",
    description = {
      "Kill, pause or cut off the leader, or a follower, again and again under load, and measure what"
          + " clients of others see.",
      "Takes the cluster that is up, with the wallet chaincode on the channel, or else starts one"
          + " and stops it at the end."
    })
final class FailoverCommand extends Main.Verb {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @Mixin private Main.Mode mode;

  @Option(names = "-kills", defaultValue = "10", description = "How often.")
  private int kills;

  @Option(
      names = "-fault",
      defaultValue = "kill",
      description = "kill; pause: the process stands still; partition: its packets are lost.")
  private NodeFault fault;

  @Option(
      names = "-of",
      defaultValue = "leader",
      description = "leader; follower: each of them in turn, which nobody should notice.")
  private Role role;

  /** Who is struck. */
  private enum Role {
    LEADER,
    FOLLOWER
  }

  @Option(names = "-nodes", defaultValue = "3", description = "If none is up: how many nodes.")
  private int nodeCount;

  @Option(names = "-c", defaultValue = "mychannel", description = "Channel name.")
  private String channel;

  @Option(names = "-submitters", defaultValue = "4", description = "Clients per node.")
  private int submitters;

  @Option(names = "-endorsers", defaultValue = "2", description = "Clients per node.")
  private int endorsers;

  @Option(names = "-json", description = "File for the results; .bench/failover.json beside .work.")
  private Path json;

  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    LocalNetwork network = mode.network();
    boolean own = !network.isUp();
    if (own) {
      LocalNetwork.down(Main.folder());
      say("starting %d nodes ...".formatted(nodeCount));
      network.up(new ClusterPlan(nodeCount, 1));
      network.createChannel(channel);
      network.deploySample(channel, "wallet");
    }
    try {
      return measure(network);
    } finally {
      if (own) {
        LocalNetwork.down(Main.folder());
      }
    }
  }

  private int measure(LocalNetwork network) throws IOException {
    ClusterNodes nodes =
        network
            .nodes()
            .orElseThrow(() -> new NetworkException("the peer that is up is one process"));
    InstantSource clock = InstantSource.system();
    FailoverReport report = new FailoverReport(fault);
    Load load = new Load(Main.folder(), LoadPlan.transfers(channel, submitters, endorsers), clock);
    try (ClusterWatch watch = new ClusterWatch(nodes)) {
      try (load) {
        FailoverDrill drill = new FailoverDrill(channel, nodes, watch, load, fault);
        for (int i = 1; i <= kills; i++) {
          PeerPlace place =
              role == Role.LEADER ? drill.loadOnFollowers() : drill.loadOnAllButFollower(i);
          FailoverDrill.Failover seen = drill.strike(place);
          report.add(seen);
          say(
              "%3d. %s %s, %s leads; without endorsement %d ms, without commit %d ms; failed %d"
                  .formatted(
                      i,
                      fault.past(),
                      seen.struck(),
                      seen.successor(),
                      seen.endorsementGap().toMillis(),
                      seen.commitGap().toMillis(),
                      seen.failed()));
          drill.end(place);
        }
      }
      LedgerAudit.Outcome outcome =
          new LedgerAudit(Main.folder(), channel, clock)
              .compare(
                  nodes.running(), watch.awaitSameHeight(channel, 1, TIMEOUT), load.acknowledged());
      report.lines().forEach(this::say);
      say(
          "%d nodes at height %d with commit hash %s; %d endorsements, %d commits, %d failed"
              .formatted(
                  nodes.running().size(),
                  outcome.height(),
                  outcome.shortHash(),
                  load.endorsed(),
                  load.acknowledged().size(),
                  load.failed()));
      load.failures().forEach(this::say);
      Path file = json == null ? Main.folder().root().resolveSibling(".bench/failover.json") : json;
      report.write(file, spec.commandLine().getParseResult().originalArgs(), outcome);
      say("written to " + file);
    }
    return load.failed() == 0 ? 0 : 1;
  }
}
