package org.blockraft.testnet;

import java.time.Duration;
import java.util.List;

/** Kills the leader under load from clients of the other nodes, and has it come back. */
final class FailoverDrill {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int COMMITS_BEFORE = 10;
  private static final int COMMITS_AFTER = 10;

  private final String channel;
  private final ClusterNodes nodes;
  private final ClusterWatch watch;
  private final Load load;

  FailoverDrill(String channel, ClusterNodes nodes, ClusterWatch watch, Load load) {
    this.channel = channel;
    this.nodes = nodes;
    this.watch = watch;
    this.load = load;
  }

  /**
   * What the clients of the other nodes saw of one kill.
   *
   * @param endorsementGap the longest that the clients of any one node were without an endorsement
   * @param commitGap the longest that the clients of any one node were without a commit
   * @param quietEndorsementGap the same before the kill, in as many commits
   * @param quietCommitGap the same before the kill
   * @param failed requests and events
   */
  record Failover(
      String killed,
      String successor,
      Duration endorsementGap,
      Duration commitGap,
      Duration quietEndorsementGap,
      Duration quietCommitGap,
      long failed) {}

  /** Puts load on all nodes but the leader; returns the leader. */
  PeerPlace loadOnFollowers() {
    PeerPlace leader = watch.awaitLeader(TIMEOUT);
    load.on(others(leader));
    load.awaitCommits(COMMITS_BEFORE, TIMEOUT);
    return leader;
  }

  private List<PeerPlace> others(PeerPlace leader) {
    return nodes.running().stream().filter(place -> !place.equals(leader)).toList();
  }

  /** Kills the leader, whom no client may be using, and waits until the others go on. */
  Failover kill(PeerPlace leader) {
    load.forgetGaps();
    load.awaitCommits(COMMITS_BEFORE, TIMEOUT);
    Duration quietEndorsements = load.endorsementGap();
    Duration quietCommits = load.commitGap();
    long failedBefore = load.failed();
    load.forgetGaps();
    nodes.kill(leader);
    load.awaitCommits(COMMITS_AFTER, TIMEOUT);
    Duration endorsements = load.endorsementGap();
    Duration commits = load.commitGap();
    return new Failover(
        leader.process(),
        watch.awaitLeader(TIMEOUT).process(),
        endorsements,
        commits,
        quietEndorsements,
        quietCommits,
        load.failed() - failedBefore);
  }

  /** Starts a killed node again; returns when it has what the others had by then. */
  void restart(PeerPlace place) {
    nodes.start(place);
    nodes.awaitReady(place);
    watch.awaitComplete(TIMEOUT);
    watch.awaitHeight(place, channel, watch.highest(channel), TIMEOUT);
  }
}
