package org.blockraft.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.blockraft.coordination.ClusterAccess;
import org.blockraft.coordination.ClusterContents;
import org.blockraft.coordination.CoordinationException;
import org.blockraft.coordination.Leader;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.coordination.Term;
import org.blockraft.replication.SharedHoldings;

/**
 * An operator's view of a cluster, and what he can have its nodes do: by facts in etcd, which they
 * watch. For one thread; calls block. All fail with {@link CoordinationException}, whose message is
 * for the operator.
 */
final class ClusterOperator {
  private static final Duration POLL = Duration.ofMillis(100);

  private final String cluster;
  private final ClusterAccess etcd;

  ClusterOperator(String cluster, ClusterAccess etcd) {
    this.cluster = cluster;
    this.etcd = etcd;
  }

  private ClusterContents read() {
    ClusterContents contents = etcd.read();
    if (contents.id().isEmpty()) {
      throw new CoordinationException(
          "there is no such cluster: none of its nodes has ever started, or etcd has lost its data");
    }
    return contents;
  }

  /** All there is to say, in lines. */
  List<String> status() {
    ClusterContents now = read();
    List<String> lines = new ArrayList<>();
    lines.add("cluster   %s, id %s".formatted(cluster, now.id().orElseThrow()));
    lines.add(
        "leader    "
            + now.view()
                .leader()
                .map(l -> "%s, term %d".formatted(l.node(), l.term().revision()))
                .orElse("none"));
    add(lines, "members", members(now));
    add(lines, "channels", names(now, SharedHoldings.CHANNELS));
    add(lines, "packages", names(now, SharedHoldings.PACKAGES));
    List<String> drained = new ArrayList<>();
    for (String node : drainedNodes(now)) {
      drained.add(now.view().members().containsKey(node) ? node : node + " (not running)");
    }
    add(lines, "drained", drained);
    return lines;
  }

  private static void add(List<String> lines, String title, List<String> values) {
    if (values.isEmpty()) {
      lines.add("%-9s none".formatted(title));
    }
    for (int i = 0; i < values.size(); i++) {
      lines.add("%-9s %s".formatted(i == 0 ? title : "", values.get(i)));
    }
  }

  private static List<String> names(ClusterContents now, String kind) {
    return now.facts().keySet().stream()
        .filter(fact -> fact.startsWith(kind))
        .map(fact -> fact.substring(kind.length()))
        .toList();
  }

  private static NavigableSet<String> drainedNodes(ClusterContents now) {
    NavigableSet<String> drained = new TreeSet<>();
    for (String fact : now.facts().keySet()) {
      OperatorFacts.drainedNode(fact).filter(node -> isDrained(now, node)).ifPresent(drained::add);
    }
    return drained;
  }

  private static boolean isDrained(ClusterContents now, String node) {
    return !OperatorFacts.text(now.facts(), OperatorFacts.drain(node)).isEmpty();
  }

  /** The nodes that are up, one in a line. */
  List<String> members() {
    return members(read());
  }

  private static List<String> members(ClusterContents now) {
    String leader = now.view().leader().map(Leader::node).orElse("");
    int width = now.view().members().keySet().stream().mapToInt(String::length).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (NodeInfo member : now.view().members().values()) {
      String does = member.name().equals(leader) ? "leads" : "follows";
      lines.add(
          "%s  %s  incarnation %s  %s%s"
              .formatted(
                  member.name() + " ".repeat(width - member.name().length()),
                  member.address(),
                  member.incarnation(),
                  does,
                  isDrained(now, member.name()) ? ", drained" : ""));
    }
    return lines;
  }

  /** Name and term of the leader. */
  String leader() {
    Leader leader = leader(read());
    return "%s %d".formatted(leader.node(), leader.term().revision());
  }

  private static Leader leader(ClusterContents now) {
    return now.view()
        .leader()
        .orElseThrow(
            () ->
                new CoordinationException(
                    "nobody leads; members: " + String.join(" ", now.view().members().keySet())));
  }

  /**
   * Has a node give everything away, and waits until it says so.
   *
   * @param force even if no other node could lead
   */
  String drain(String node, boolean force, Duration limit) throws InterruptedException {
    ClusterContents now = read();
    NodeInfo member = now.view().members().get(node);
    if (member == null) {
      throw new CoordinationException(
          "no node %s is up; members: %s"
              .formatted(node, String.join(" ", now.view().members().keySet())));
    }
    if (!force
        && now.view().members().keySet().stream()
            .allMatch(other -> other.equals(node) || isDrained(now, other))) {
      throw new CoordinationException(
          "no other node could lead, all that are up are drained: nothing would be committed;"
              + " --force drains "
              + node
              + " nevertheless");
    }
    String order = UUID.randomUUID().toString();
    put(now, Optional.empty(), OperatorFacts.drain(node), OperatorFacts.bytes(order));
    String done = OperatorFacts.done(order, member.incarnation());
    Optional<ClusterContents> after =
        await(
            limit,
            next ->
                OperatorFacts.text(next.facts(), OperatorFacts.drained(node)).equals(done)
                    || !next.view().members().containsKey(node));
    if (after.isEmpty()) {
      throw new CoordinationException(
          "%s is told to drain and will do so, but has not handed over in %d s; leader: %s"
              .formatted(
                  node,
                  limit.toSeconds(),
                  read().view().leader().map(Leader::node).orElse("none")));
    }
    if (!after.get().view().members().containsKey(node)) {
      return node + " went away meanwhile; it will be drained when it is back";
    }
    return "%s is drained: it has no work of other nodes; %s leads"
        .formatted(node, leader(after.get()).node());
  }

  /** Ends a drain; the node hears of it when it is up. */
  String undrain(String node) {
    ClusterContents now = read();
    if (!isDrained(now, node)) {
      throw new CoordinationException(
          "%s is not drained; drained: %s".formatted(node, drainedNodes(now)));
    }
    put(now, Optional.empty(), OperatorFacts.drain(node), new byte[0]);
    return node + " is no longer drained";
  }

  /** Has the leader give up, and waits for the next one. */
  String resign(Duration limit) throws InterruptedException {
    ClusterContents now = read();
    Leader leader = leader(now);
    Term term = leader.term();
    put(now, Optional.of(term), OperatorFacts.RESIGN, OperatorFacts.term(term));
    Optional<ClusterContents> after =
        await(
            limit,
            next ->
                next.view().leader().filter(later -> later.term().compareTo(term) > 0).isPresent());
    if (after.isEmpty()) {
      throw new CoordinationException(
          "%s is told to resign in term %d; nobody leads in another one after %d s"
              .formatted(leader.node(), term.revision(), limit.toSeconds()));
    }
    Leader next = leader(after.get());
    return "%s has resigned; %s leads in term %d"
        .formatted(leader.node(), next.node(), next.term().revision());
  }

  private void put(ClusterContents now, Optional<Term> term, String fact, byte[] value) {
    if (!etcd.put(now.id().orElseThrow(), term, fact, value)) {
      throw new CoordinationException(
          term.isPresent()
              ? "another node leads by now; nothing was done"
              : "etcd has another cluster of that name by now; nothing was done");
    }
  }

  private Optional<ClusterContents> await(Duration limit, Predicate<ClusterContents> wanted)
      throws InterruptedException {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < limit.toNanos()) {
      ClusterContents now = read();
      if (wanted.test(now)) {
        return Optional.of(now);
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
    return Optional.empty();
  }
}
