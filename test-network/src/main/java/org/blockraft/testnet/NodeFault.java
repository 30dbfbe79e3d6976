package org.blockraft.testnet;

/** What can befall a node, and how it ends. */
enum NodeFault {
  /** The process ends at once, as in a power failure. */
  KILL("killed"),

  /** The process stands still, and its connections stay. */
  PAUSE("paused");

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
    }
  }

  void end(ClusterNodes nodes, PeerPlace place) {
    switch (this) {
      case KILL -> {
        nodes.start(place);
        nodes.awaitReady(place);
      }
      case PAUSE -> nodes.resume(place);
    }
  }
}
