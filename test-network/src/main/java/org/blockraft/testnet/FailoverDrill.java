package org.blockraft.testnet;

import java.time.Duration;
import java.util.List;

/** Has a fault befall a node under load from clients of the other nodes, and end. */
final class FailoverDrill {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int COMMITS_BEFORE = 10;
  private static final int COMMITS_AFTER = 10;

  private final String channel;
  private final ClusterNodes nodes;
  private final ClusterWatch watch;
  private final Load load;
  private final NodeFault fault;

  FailoverDrill(String channel, ClusterNodes nodes, ClusterWatch watch, Load load) {
    this(channel, nodes, watch, load, NodeFault.KILL);
  }

  FailoverDrill(
      String channel, ClusterNodes nodes, ClusterWatch watch, Load load, NodeFault fault) {
    this.fault = fault;
    this.channel = channel;
    this.nodes = nodes;
    this.watch = watch;
    this.load = load;
  }

  /**
   * What the clients of the other nodes saw of one fault.
   *
   * @param endorsementGap the longest that the clients of any one node were without an endorsement
   * @param commitGap the longest that the clients of any one node were without a commit
   * @param quietEndorsementGap the same before the fault, in as many commits
   * @param quietCommitGap the same before the fault
   * @param failed requests and events
   */
  record Failover(
      String struck,
      String successor,
      Duration endorsementGap,
      Duration commitGap,
      Duration quietEndorsementGap,
      Duration quietCommitGap,
      long failed) {}

  /** Puts load on all nodes but the leader; returns the leader. */
  PeerPlace loadOnFollowers() {
    PeerPlace leader = watch.awaitLeader(TIMEOUT);
    loadOnOthers(leader);
    return leader;
  }

  /** Puts load on all nodes but one follower; returns that one, another one in each turn. */
  PeerPlace loadOnAllButFollower(int turn) {
    List<PeerPlace> followers = others(watch.awaitLeader(TIMEOUT));
    PeerPlace follower = followers.get(turn % followers.size());
    loadOnOthers(follower);
    return follower;
  }

  private void loadOnOthers(PeerPlace place) {
    load.on(others(place));
    load.awaitCommits(COMMITS_BEFORE, TIMEOUT);
  }

  private List<PeerPlace> others(PeerPlace place) {
    return nodes.running().stream().filter(other -> !other.equals(place)).toList();
  }

  /** Has the fault befall a node, which no client may be using; waits until others go on. */
  Failover strike(PeerPlace place) {
    load.forgetGaps();
    load.awaitCommits(COMMITS_BEFORE, TIMEOUT);
    Duration quietEndorsements = load.endorsementGap();
    Duration quietCommits = load.commitGap();
    long failedBefore = load.failed();
    load.forgetGaps();
    fault.strike(nodes, place);
    load.awaitCommits(COMMITS_AFTER, TIMEOUT);
    Duration endorsements = load.endorsementGap();
    Duration commits = load.commitGap();
    return new Failover(
        place.process(),
        watch.awaitLeader(TIMEOUT).process(),
        endorsements,
        commits,
        quietEndorsements,
        quietCommits,
        load.failed() - failedBefore);
  }

  /** Ends the fault; returns when the node has what the others had by then. */
  void end(PeerPlace place) {
    fault.end(nodes, place);
    watch.awaitComplete(TIMEOUT);
    watch.awaitHeight(place, channel, watch.highest(channel), TIMEOUT);
  }
}
