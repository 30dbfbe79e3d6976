package org.blockraft.testnet;

/** What befalls the cluster, one after the other, in a long run. */
enum FaultKind {
  KILL_LEADER("kill the leader", 3),
  KILL_FOLLOWER("kill a follower", 3),
  PAUSE_LEADER("pause the leader", 2),
  PAUSE_FOLLOWER("pause a follower", 2),
  CUT_LEADER("cut off the leader", 2),
  CUT_FOLLOWER("cut off a follower", 2),
  KILL_TWO("kill two nodes", 1),
  KILL_ALL("kill all nodes", 1),
  RESTART_ETCD("kill and start etcd", 1),
  DRAIN_AND_STOP("drain, stop and start", 1),
  RESIGN("resign", 1);

  private final String title;
  private final int weight;

  FaultKind(String title, int weight) {
    this.title = title;
    this.weight = weight;
  }

  String title() {
    return title;
  }

  /** How often it comes for each time that the rarest one comes. */
  int weight() {
    return weight;
  }

  boolean cuts() {
    return this == CUT_LEADER || this == CUT_FOLLOWER;
  }

  boolean pauses() {
    return this == PAUSE_LEADER || this == PAUSE_FOLLOWER;
  }

  boolean ofLeader() {
    return this == KILL_LEADER || this == PAUSE_LEADER || this == CUT_LEADER;
  }
}
