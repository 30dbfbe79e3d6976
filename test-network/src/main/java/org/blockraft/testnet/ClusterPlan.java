package org.blockraft.testnet;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * That the peer of our organization is a cluster, and how large; kept in the network's folder.
 *
 * @param nodes processes that are the peer together
 * @param etcdMembers processes that are etcd together
 * @param isolated whether each node has a network namespace of its own and can be cut off
 */
record ClusterPlan(int nodes, int etcdMembers, boolean isolated) {
  /** Ports are laid out for so many; design and tests know of seven. */
  private static final int NODES_MAX = 7;

  private static final int ETCD_MAX = 5;

  ClusterPlan {
    if (nodes < 2 || nodes > NODES_MAX) {
      throw new NetworkException("a cluster has 2 to " + NODES_MAX + " nodes, not " + nodes);
    }
    if (etcdMembers < 1 || etcdMembers > ETCD_MAX || etcdMembers % 2 == 0) {
      throw new NetworkException("etcd has 1, 3 or 5 members, not " + etcdMembers);
    }
  }

  ClusterPlan(int nodes, int etcdMembers) {
    this(nodes, etcdMembers, false);
  }

  /** The plan of the network in a folder; empty if its peer is one process. */
  static Optional<ClusterPlan> of(NetworkFolder folder) {
    return of(folder.root());
  }

  static Optional<ClusterPlan> of(Path root) {
    Path file = file(root);
    try {
      return Files.exists(file)
          ? Optional.of(new ObjectMapper().readValue(file.toFile(), ClusterPlan.class))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(NetworkFolder folder) {
    try {
      Files.createDirectories(folder.root());
      new ObjectMapper().writeValue(file(folder.root()).toFile(), this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(Path root) {
    return root.resolve("cluster.json");
  }

  Stream<PeerPlace> places(NetworkPorts ports) {
    return IntStream.rangeClosed(1, nodes).mapToObj(ports::node);
  }
}
