package org.blockraft.replication;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.blockraft.coordination.Term;

/** What must hold of the cluster at each step, whatever fails. */
final class SimulatedChecks {
  /** In that time a new leader has heard of all whom nothing hinders. */
  private static final Duration HEARD = Duration.ofMillis(200);

  private static final int TRACE_LINES = 400;

  private final SimulatedCluster cluster;
  private final List<ToyBlock.Stored> agreed = new ArrayList<>();
  private final Map<Long, SimulatedProcess> leaders = new TreeMap<>();
  private final ArrayDeque<String> trace = new ArrayDeque<>();
  private long announcedMax;
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
  void committed(SimulatedProcess process, ToyBlock.Stored block) {
    long number = block.block().number();
    mark(number);
    that(
        cluster.orderer().block(number).equals(block.block().body()),
        process,
        "commits a block",
        number,
        "that was not ordered");
    if (agreed.isEmpty()) {
      ToyBlock genesis = ToyBlock.parse(cluster.orderer().block(0));
      agreed.add(genesis.commit(0, genesis.flags(0)));
    }
    if (number < agreed.size()) {
      that(agreed.get((int) number).equals(block), process, "has another block", number);
    } else {
      that(number == agreed.size(), process, "commits", number, "before others");
      agreed.add(block);
    }
  }

  /** A leader announces what a majority has; others what a leader has announced. */
  void announces(SimulatedProcess process, long height, boolean leading) {
    if (!leading) {
      that(height <= announcedMax(), process, "announces", height, "on its own");
      return;
    }
    mark(height);
    int counted = 1;
    int having = process.node().disk().forcedMax() >= height ? 1 : 0;
    for (String member : process.members()) {
      if (!member.equals(process.name()) && !process.holdsAsJoining(member)) {
        counted++;
        having += cluster.node(member).disk().forcedMax() >= height ? 1 : 0;
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
    announcedMax = Math.max(announcedMax, height);
  }

  /** What a node has on its disk when it starts it shows without asking. */
  private long announcedMax() {
    return cluster.processes().stream()
        .flatMap(process -> process.channel().stream())
        .mapToLong(SimulatedChannel::announced)
        .reduce(announcedMax, Math::max);
  }

  /** A new leader has what clients of those saw that it can hear. */
  void leads(SimulatedProcess process, Term term) {
    cluster.trace(process, "leads in", term, "from", process.node().disk().height());
    mark(term.revision());
    for (SimulatedProcess other : cluster.processes()) {
      long since = cluster.time().nowNanos() - HEARD.toNanos();
      if (other != process
          && other.isRunning()
          && other.channel().isPresent()
          && other.disturbed() < since
          && process.disturbed() < since
          && cluster.network().linkedFor(process, other, HEARD)) {
        that(
            process.node().disk().forced() >= other.channel().get().announced(),
            process,
            "leads from",
            process.node().disk().forced(),
            ", and",
            other,
            "has announced",
            other.channel().get().announced());
      }
    }
  }

  /** Who does not lead does not ask the orderers for longer than its lease could last. */
  void pulls(SimulatedProcess process) {
    long last = Math.max(process.ledUntil(), process.disturbed());
    long limit = SimulatedCluster.SETTINGS.leaseTtl().toNanos();
    that(cluster.time().nowNanos() - last <= limit, process, "pulls, and led at", last, "ns");
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
    Optional<Term> term = process.coordinator().leading();
    if (term.isPresent()) {
      process.leads(cluster.time().nowNanos());
      if (process.isLeading()) {
        that(term.get().revision() >= process.newestTerm(), process, "leads in an old", term);
        SimulatedProcess leader = leaders.putIfAbsent(term.get().revision(), process);
        that(leader == null || leader == process, process, "and", leader, "lead in", term);
      }
    }
    if (process.channel().isPresent()) {
      long now = process.channel().get().announced();
      long before = process.shows(now);
      that(now >= before, process, "announced", before, ", then", now);
      that(now <= process.node().disk().forced(), process, "shows", now, ", which it has not");
    }
  }
}
