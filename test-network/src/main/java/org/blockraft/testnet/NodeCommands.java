package org.blockraft.testnet;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What can be done to one node of the cluster. */
final class NodeCommands {
  private NodeCommands() {}

  private static ClusterNodes nodes() {
    return Main.network("auto")
        .nodes()
        .orElseThrow(
            () ->
                new NetworkException(
                    "the peer is one process; a cluster comes from: network.sh up -nodes 3"));
  }

  /** Base of the commands: which node. */
  abstract static class OneNode extends Main.Verb {
    @Parameters(description = "leader, follower (the first that runs), or a name such as node2.")
    private String node;

    @Override
    public final Integer call() {
      ClusterNodes nodes = nodes();
      PeerPlace place = place(nodes);
      act(nodes, place);
      say(place.process() + " " + done());
      return 0;
    }

    private PeerPlace place(ClusterNodes nodes) {
      if (!node.equals("leader") && !node.equals("follower")) {
        return nodes.place(node);
      }
      try (ClusterWatch watch = new ClusterWatch(nodes)) {
        Map<PeerPlace, NodeMetrics> seen = watch.now();
        Optional<PeerPlace> leader = watch.leader();
        Optional<PeerPlace> chosen =
            node.equals("leader")
                ? leader
                : seen.keySet().stream().filter(p -> !leader.equals(Optional.of(p))).findFirst();
        return chosen.orElseThrow(() -> new NetworkException("there is no " + node + " now"));
      }
    }

    abstract void act(ClusterNodes nodes, PeerPlace place);

    abstract String done();
  }

  @Command(name = "kill", description = "Kill a node as a power failure would.")
  static final class Kill extends OneNode {
    @Override
    void act(ClusterNodes nodes, PeerPlace place) {
      nodes.kill(place);
    }

    @Override
    String done() {
      return "is killed";
    }
  }

  @Command(name = "start", description = "Start a node that was killed.")
  static final class Start extends OneNode {
    @Override
    void act(ClusterNodes nodes, PeerPlace place) {
      nodes.start(place);
      nodes.awaitReady(place);
    }

    @Override
    String done() {
      return "runs";
    }
  }

  @Command(name = "pause", description = "Stop a node with a signal; it keeps its connections.")
  static final class Pause extends OneNode {
    @Override
    void act(ClusterNodes nodes, PeerPlace place) {
      nodes.pause(place);
    }

    @Override
    String done() {
      return "is paused";
    }
  }

  @Command(name = "resume", description = "Let a paused node go on.")
  static final class Resume extends OneNode {
    @Override
    void act(ClusterNodes nodes, PeerPlace place) {
      nodes.resume(place);
    }

    @Override
    String done() {
      return "goes on";
    }
  }

  @Command(name = "partition", description = "Lose every packet from and to a node.")
  static final class Partition extends OneNode {
    @Override
    void act(ClusterNodes nodes, PeerPlace place) {
      nodes.cut(place);
    }

    @Override
    String done() {
      return "is cut off";
    }
  }

  @Command(name = "heal", description = "End the partition of a node, or of all.")
  static final class Heal extends Main.Verb {
    @Parameters(arity = "0..1", description = "The node's name.")
    private String node;

    @Override
    public Integer call() {
      ClusterNodes nodes = nodes();
      List<PeerPlace> places = node == null ? nodes.places() : List.of(nodes.place(node));
      places.forEach(nodes::heal);
      say("packets are lost no more");
      return 0;
    }
  }
}
