package org.blockraft.replication;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.blockraft.coordination.Term;

/** What must hold of the cluster at each step, whatever fails. */
final class SimulatedChecks {
  /** In that time a new leader has heard of all whom nothing hinders. */
  private static final Duration HEARD = Duration.ofMillis(200);

  /** What a thread counted by is as old as it takes to wake it, or to note in etcd what it did. */
  private static final Duration COUNTED = Duration.ofMillis(1);

  private static final Duration NOTED = Duration.ofSeconds(5);

  private static final int TRACE_LINES = 400;

  private final SimulatedCluster cluster;
  private final Map<String, List<ToyBlock.Stored>> agreed = new TreeMap<>();
  private final Map<String, Long> announcedMax = new TreeMap<>();
  private final Set<String> endorsed = new HashSet<>();
  private final Map<Long, SimulatedProcess> leaders = new TreeMap<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private long fingerprint;

  SimulatedChecks(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  /** Fails with the seed's story unless the condition holds. */
  void that(boolean holds, Object... otherwise) {
    if (!holds) {
      throw new AssertionError(line(otherwise) + "\n" + String.join("\n", trace));
    }
  }

  /** Notes what happens, for the story of a failure. */
  void trace(Object... words) {
    trace.add(line(words));
    if (trace.size() > TRACE_LINES) {
      trace.remove();
    }
  }

  private String line(Object... words) {
    StringBuilder line = new StringBuilder();
    line.append(cluster.time().nowNanos() / 1e9);
    for (Object word : words) {
      line.append(' ').append(word);
    }
    return line.toString();
  }

  /** Differs when two runs do. */
  long fingerprint() {
    return fingerprint;
  }

  private void mark(long value) {
    fingerprint = (fingerprint * 31 + value) * 31 + cluster.time().nowNanos();
  }

  /** Equal flags and state at equal heights on all nodes for ever. */
  void committed(SimulatedProcess process, String channelId, ToyBlock.Stored block) {
    long number = block.block().number();
    mark(number);
    SimulatedOrderer orderer = cluster.orderer(channelId);
    that(
        orderer.block(number).equals(block.block().body()),
        process,
        "commits a block",
        number,
        "that was not ordered");
    List<ToyBlock.Stored> chain =
        agreed.computeIfAbsent(
            channelId, id -> new ArrayList<>(List.of(cluster.orderer(id).genesis())));
    if (number < chain.size()) {
      that(chain.get((int) number).equals(block), process, "has another block", number);
    } else {
      that(number == chain.size(), process, "commits", number, "before others");
      chain.add(block);
    }
  }

  /** A leader announces what a majority has; others what a leader has announced. */
  void announces(SimulatedProcess process, SimulatedChannel channel, long height, boolean leading) {
    String channelId = channel.channelId();
    if (!leading) {
      that(
          height <= announcedMax.getOrDefault(channelId, 0L),
          process,
          "announces",
          height,
          "on its own");
      return;
    }
    mark(height);
    int counted = 1;
    int having = channel.disk().forcedMax() >= height ? 1 : 0;
    for (String member : process.members()) {
      if (!member.equals(process.name()) && !channel.holdsAsJoining(member)) {
        counted++;
        having += cluster.node(member).disk(channelId).forcedMax() >= height ? 1 : 0;
      }
    }
    that(
        having > counted / 2,
        process,
        "announces",
        height,
        ", which",
        having,
        "of",
        counted,
        "have");
    announcedMax.merge(channelId, height, Math::max);
    cluster.reached(SimulatedPoint.ANNOUNCED, process);
  }

  /** What a node has on its disk when it starts it shows without asking. */
  void opened(String channelId, long height) {
    announcedMax.merge(channelId, height, Math::max);
  }

  /**
   * Before a new leader begins, all whom it can hear have heard of its term, and it has what they
   * had then.
   */
  void leads(SimulatedProcess process, String channelId, Term term) {
    long height = process.node().disk(channelId).forced();
    cluster.trace(process, "leads", channelId, "in", term, "from", height);
    mark(term.revision());
    cluster.reached(SimulatedPoint.LEADS, process);
    for (SimulatedProcess other : cluster.processes()) {
      if (other != process && hearEachOther(process, other)) {
        Long its = other.heightWhenHeardOf(term, channelId);
        that(its != null, process, "leads in", term, ", of which has not heard", other);
        that(height >= its, process, "leads from", height, "and", other, "had", its);
      }
    }
  }

  private boolean hearEachOther(SimulatedProcess process, SimulatedProcess other) {
    long since = cluster.time().nowNanos() - HEARD.toNanos();
    return other.isRunning()
        && process.members().contains(other.name())
        && other.disturbed() < since
        && process.disturbed() < since
        && cluster.network().linkedFor(process, other, HEARD);
  }

  /** Who does not lead does not ask the orderers for longer than its lease could last. */
  void pulls(SimulatedProcess process) {
    long last = Math.max(process.ledUntil(), process.disturbed());
    long limit = SimulatedCluster.SETTINGS.leaseTtl().toNanos();
    that(cluster.time().nowNanos() - last <= limit, process, "pulls, and led at", last, "ns");
  }

  /** A private write set is on a majority of the live nodes before its endorsement leaves. */
  void endorsed(SimulatedProcess process, String channelId, String txId) {
    long having =
        cluster.nodes().stream().filter(node -> node.disk(channelId).everHeld(txId)).count();
    int members = process.membersWithin(COUNTED);
    that(
        having >= Agreement.majority(members),
        process,
        "lets the endorsement of",
        txId,
        "go, which",
        having,
        "of",
        members,
        "have");
    endorsed.add(txId);
    cluster.reached(SimulatedPoint.ENDORSED, process);
  }

  /** Whether everything that was promised is still somewhere when one node loses its disk. */
  boolean survives(SimulatedNode lost) {
    for (String channelId : lost.channelIds()) {
      if (!elsewhere(lost, node -> !node.disk(channelId).isEmpty())
          || !endorsed.stream()
              .filter(txId -> lost.disk(channelId).holds(txId))
              .allMatch(txId -> elsewhere(lost, node -> node.disk(channelId).holds(txId)))) {
        return false;
      }
    }
    return lost.packages().stream()
        .allMatch(id -> elsewhere(lost, node -> node.packages().contains(id)));
  }

  private boolean elsewhere(SimulatedNode lost, Predicate<SimulatedNode> having) {
    return cluster.nodes().stream().anyMatch(node -> node != lost && having.test(node));
  }

  /** A node commits a transaction without its private write set. */
  void lacks(SimulatedProcess process, String channelId, String txId) {
    for (SimulatedNode node : cluster.nodes()) {
      that(
          !endorsed.contains(txId)
              || !node.disk(channelId).holds(txId)
              || !process.members().contains(node.name()),
          process,
          "commits",
          txId,
          "without its private data, which",
          node.name(),
          "has");
    }
  }

  /** A client was told that a channel is joined or a package installed. */
  void acknowledged(SimulatedProcess process, Predicate<SimulatedNode> having, String what) {
    long there = cluster.nodes().stream().filter(having).count();
    that(
        there >= Agreement.majority(process.membersWithin(NOTED)),
        process,
        "acknowledges",
        what,
        "which",
        there,
        "nodes have");
    cluster.reached(SimulatedPoint.ACKNOWLEDGED, process);
  }

  /** After each step. */
  void step() {
    for (SimulatedNode node : cluster.nodes()) {
      if (node.isRunning()) {
        step(node.process());
      }
    }
  }

  private void step(SimulatedProcess process) {
    process.heard();
    Optional<Term> term = process.coordinator().leading();
    if (term.isPresent()) {
      process.leads(cluster.time().nowNanos());
    }
    for (SimulatedChannel channel : process.channels()) {
      if (term.isPresent() && channel.isLeading()) {
        that(term.get().revision() >= process.newestTerm(), process, "leads in an old", term);
        SimulatedProcess leader = leaders.putIfAbsent(term.get().revision(), process);
        that(leader == null || leader == process, process, "and", leader, "lead in", term);
      }
      long before = channel.shows();
      long now = channel.announced();
      that(now >= before, process, "announced", before, ", then", now);
      that(now <= channel.disk().forced(), process, "shows", now, ", which it has not");
    }
  }
}
