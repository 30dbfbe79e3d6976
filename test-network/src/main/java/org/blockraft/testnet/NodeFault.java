package org.blockraft.testnet;

/** What can befall a node, and how it ends. */
enum NodeFault {
  /** The process ends at once, as in a power failure. */
  KILL("killed"),

  /** The process stands still, and its connections stay. */
  PAUSE("paused"),

  /** Every packet from and to the node is lost. */
  PARTITION("cut off");

  private final String past;

  NodeFault(String past) {
    this.past = past;
  }

  String past() {
    return past;
  }

  void strike(ClusterNodes nodes, PeerPlace place) {
    switch (this) {
      case KILL -> nodes.kill(place);
      case PAUSE -> nodes.pause(place);
      case PARTITION -> nodes.cut(place);
    }
  }

  void end(ClusterNodes nodes, PeerPlace place) {
    switch (this) {
      case KILL -> {
        nodes.start(place);
        nodes.awaitReady(place);
      }
      case PAUSE -> nodes.resume(place);
      case PARTITION -> nodes.heal(place);
    }
  }
}
