package org.blockraft.differential;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.blockraft.testnet.EtcdServers;
import org.blockraft.testnet.NetworkException;
import org.blockraft.testnet.NodeMetrics;
import org.blockraft.testnet.PeerPlace;

/** Our peer in the network that is compared: one process, or nodes that are that peer together. */
final class OurPeer implements AutoCloseable {
  private static final String CLUSTER = "CORE_BLOCKRAFT_CLUSTER_";
  private static final int LINK_PORT_OFFSET = 5;
  private static final Duration METRICS_TIMEOUT = Duration.ofSeconds(1);

  /** A machine that runs a whole network takes its time now and then. */
  private static final String SILENCE = "1500ms";

  private final DifferentialNetwork network;
  private final Path launcher;
  private final List<NetworkPeer> nodes;
  private final EtcdServers etcd;
  private final HttpClient metrics =
      HttpClient.newBuilder().connectTimeout(METRICS_TIMEOUT).build();

  OurPeer(DifferentialNetwork network, Path launcher, int nodes) {
    this.network = network;
    this.launcher = launcher;
    this.nodes =
        nodes == 1
            ? List.of(network.ours)
            : IntStream.rangeClosed(1, nodes).mapToObj(network::node).toList();
    this.etcd = network.etcd();
  }

  List<NetworkPeer> nodes() {
    return nodes;
  }

  /** Starts all processes and waits until they serve. */
  void start() {
    if (nodes.size() > 1) {
      etcd.start(
          EtcdServers.program(System.getenv())
              .orElseThrow(() -> new NetworkException(EtcdServers.MISSING)));
    }
    nodes.forEach(this::launch);
    nodes.forEach(network::awaitStarted);
  }

  /** Starts one process again, with the data that it has. */
  void start(NetworkPeer node) {
    launch(node);
    network.awaitStarted(node);
  }

  private void launch(NetworkPeer node) {
    Map<String, String> settings = new HashMap<>();
    settings.put("CORE_BLOCKRAFT_COMPATIBILITY", network.release());
    if (nodes.size() > 1) {
      settings.put(CLUSTER + "NAME", "difference");
      settings.put(CLUSTER + "NODE", node.name());
      settings.put(CLUSTER + "LISTENADDRESS", "127.0.0.1:" + (node.port() + LINK_PORT_OFFSET));
      settings.put(CLUSTER + "SILENCE", SILENCE);
      settings.put(CLUSTER + "ETCD_ENDPOINTS", String.join(" ", etcd.endpoints()));
    }
    network.startPeer(node, List.of(launcher.toString(), "node", "start"), settings);
  }

  /** Ends a process as a power failure would. */
  void kill(NetworkPeer node) {
    network.processes().kill(node.name());
  }

  /** In even turns the leader, in the others each follower in turn; or the only process. */
  NetworkPeer victim(int turn) {
    Optional<NetworkPeer> leader = nodes.size() == 1 ? Optional.empty() : leader();
    if (leader.isEmpty() || turn % 2 == 0) {
      return leader.orElse(nodes.get(turn % nodes.size()));
    }
    List<NetworkPeer> followers = nodes.stream().filter(n -> !n.equals(leader.get())).toList();
    return followers.get(turn / 2 % followers.size());
  }

  private Optional<NetworkPeer> leader() {
    NetworkPeer newest = null;
    long term = -1;
    for (NetworkPeer node : nodes) {
      PeerPlace place = new PeerPlace(node.name(), node.port(), node.operationsPort());
      NodeMetrics seen = NodeMetrics.of(metrics, place).orElse(null);
      if (seen != null && seen.leading() && seen.term() > term) {
        newest = node;
        term = seen.term();
      }
    }
    return Optional.ofNullable(newest);
  }

  /** A connection to each process. */
  List<PeerConnection> connect() {
    return nodes.stream().map(network::connect).toList();
  }

  @Override
  public void close() {
    metrics.close();
  }
}
