package org.blockraft.testnet;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The nodes of a cluster as seen from outside, by their metrics. */
final class ClusterWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
  private final ClusterNodes nodes;

  ClusterWatch(ClusterNodes nodes) {
    this.nodes = nodes;
  }

  /** What each running node says; nodes that do not answer are not in it. */
  Map<PeerPlace, NodeMetrics> now() {
    Map<PeerPlace, NodeMetrics> all = new LinkedHashMap<>();
    for (PeerPlace place : nodes.running()) {
      NodeMetrics.of(client, place).ifPresent(m -> all.put(place, m));
    }
    return all;
  }

  /** The node that leads in the newest term. */
  Optional<PeerPlace> leader() {
    return now().entrySet().stream()
        .filter(e -> e.getValue().leading())
        .max(Map.Entry.comparingByValue((a, b) -> Long.compare(a.term(), b.term())))
        .map(Map.Entry::getKey);
  }

  PeerPlace awaitLeader(Duration timeout) {
    awaitTrue("a leader", timeout, all -> all.values().stream().anyMatch(NodeMetrics::leading));
    return leader().orElseThrow(() -> new NetworkException("the leader is gone again"));
  }

  /** Waits until all nodes of the plan answer, are linked with each other, and one leads. */
  void awaitComplete(Duration timeout) {
    int size = nodes.places().size();
    awaitTrue(
        "all nodes and a leader",
        timeout,
        all ->
            all.size() == size
                && all.values().stream().allMatch(m -> m.links() == size - 1)
                && all.values().stream().filter(NodeMetrics::leading).count() == 1);
  }

  /** Waits until all running nodes have the same height, at least {@code least}. */
  long awaitSameHeight(String channel, long least, Duration timeout) {
    awaitTrue(
        "the same height of %s, at least %d, on all nodes".formatted(channel, least),
        timeout,
        all -> {
          List<Long> heights = heights(channel, all);
          return heights.size() == nodes.running().size()
              && heights.stream().distinct().count() == 1
              && heights.getFirst() >= least;
        });
    return heights(channel, now()).getFirst();
  }

  /** The greatest height that any node has announced. */
  long highest(String channel) {
    return heights(channel, now()).stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** Waits until a node has announced a height. */
  void awaitHeight(PeerPlace place, String channel, long least, Duration timeout) {
    awaitTrue(
        "height %d of %s on %s".formatted(least, channel, place.process()),
        timeout,
        all ->
            all.containsKey(place) && all.get(place).heights().getOrDefault(channel, 0L) >= least);
  }

  private static List<Long> heights(String channel, Map<PeerPlace, NodeMetrics> all) {
    return all.values().stream().map(m -> m.heights().getOrDefault(channel, 0L)).toList();
  }

  private void awaitTrue(
      String what, Duration timeout, Predicate<Map<PeerPlace, NodeMetrics>> condition) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Map<PeerPlace, NodeMetrics> seen = now();
    while (!condition.test(seen)) {
      if (System.nanoTime() > deadline) {
        throw new NetworkException(
            "no %s after %d s\n%s"
                .formatted(what, timeout.toSeconds(), String.join("\n", lines())));
      }
      LockSupport.parkNanos(POLL.toNanos());
      seen = now();
    }
  }

  /** One line for each node, for people. */
  List<String> lines() {
    Map<PeerPlace, NodeMetrics> seen = now();
    List<PeerPlace> running = nodes.running();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-8s %-12s %-9s %6s  %-16s %s"
            .formatted("node", "process", "role", "term", "links", "heights"));
    for (PeerPlace place : nodes.places()) {
      NodeMetrics metrics = seen.get(place);
      String process = running.contains(place) ? "runs" : "not running";
      if (metrics == null) {
        lines.add(
            "%-8s %-12s %s"
                .formatted(
                    place.process(), process, running.contains(place) ? "does not answer" : ""));
      } else {
        lines.add(
            "%-8s %-12s %-9s %6d  %-16s %s"
                .formatted(
                    place.process(),
                    process,
                    metrics.leading() ? "leader" : "follower",
                    metrics.term(),
                    "%d of %d".formatted(metrics.links(), nodes.places().size() - 1),
                    new TreeMap<>(metrics.heights())
                        .entrySet().stream()
                            .map(e -> e.getKey() + " " + e.getValue())
                            .collect(Collectors.joining(", "))));
      }
    }
    return lines;
  }

  @Override
  public void close() {
    client.close();
  }
}
