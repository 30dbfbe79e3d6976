package org.blockraft.testnet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Has faults befall the cluster under load, one after the other, and measures what clients saw. */
final class ChaosFaults {
  private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(20);

  private final String channel;
  private final ClusterNodes nodes;
  private final ClusterWatch watch;
  private final ChaosLoad load;
  private final ChaosRecord record;
  private final FaultBoard board;

  ChaosFaults(
      String channel,
      ClusterNodes nodes,
      ClusterWatch watch,
      ChaosLoad load,
      ChaosRecord record,
      FaultBoard board) {
    this.channel = channel;
    this.nodes = nodes;
    this.watch = watch;
    this.load = load;
    this.record = record;
    this.board = board;
  }

  /**
   * What one fault did to the clients of the nodes that it did not befall; of all nodes if it
   * befell all.
   *
   * @param endorsementGap the longest that clients of any one of them were without an endorsement
   * @param commitGap the longest that any one of them announced no block
   * @param recovery from the end of the fault until all nodes had caught up
   */
  record Seen(
      FaultKind kind,
      List<String> struck,
      Duration length,
      Duration endorsementGap,
      Duration commitGap,
      Duration recovery) {}

  /** What clients saw of a time without a fault. */
  record Quiet(Duration endorsementGap, Duration commitGap) {}

  Quiet quiet(Duration length) {
    load.forgetGaps();
    pass(length);
    return new Quiet(
        longest(nodes.places(), record::endorsements), longest(nodes.places(), record::blocks));
  }

  /** Waits until the effects of the fault are gone. */
  Seen strike(ChaosPlan.Fault fault) {
    requireAllRun();
    List<PeerPlace> struck = victims(fault);
    load.forgetGaps();
    begin(fault.kind(), struck);
    pass(fault.length());
    end(fault.kind(), struck);
    long ended = System.nanoTime();
    watch.awaitComplete(RECOVERY_TIMEOUT);
    long highest = watch.highest(channel);
    struck.forEach(place -> watch.awaitHeight(place, channel, highest, RECOVERY_TIMEOUT));
    Duration recovery = Duration.ofNanos(System.nanoTime() - ended);
    struck.forEach(place -> load.recovered(place, fault.kind().cuts()));
    board.end(struck, System.nanoTime());
    awaitBlocks();
    List<PeerPlace> judged = nodes.places().stream().filter(p -> !struck.contains(p)).toList();
    judged = judged.isEmpty() ? nodes.places() : judged;
    return new Seen(
        fault.kind(),
        struck.stream().map(PeerPlace::process).toList(),
        fault.length(),
        longest(judged, record::endorsements),
        longest(judged, record::blocks),
        recovery);
  }

  private void requireAllRun() {
    for (PeerPlace place : nodes.places()) {
      if (!nodes.running().contains(place)) {
        record.finding(load.pace().time() + " " + place.process() + " has ended by itself");
        nodes.start(place);
        nodes.awaitReady(place);
        watch.awaitComplete(RECOVERY_TIMEOUT);
      }
    }
  }

  private List<PeerPlace> victims(ChaosPlan.Fault fault) {
    PeerPlace leader = watch.awaitLeader(RECOVERY_TIMEOUT);
    List<PeerPlace> all = nodes.places();
    List<PeerPlace> followers = all.stream().filter(p -> !p.equals(leader)).toList();
    PeerPlace any = all.get(fault.pick() % all.size());
    return switch (fault.kind()) {
      case KILL_LEADER, PAUSE_LEADER, CUT_LEADER -> List.of(leader);
      case KILL_FOLLOWER, PAUSE_FOLLOWER, CUT_FOLLOWER ->
          List.of(followers.get(fault.pick() % followers.size()));
      case KILL_TWO -> List.of(any, all.get((fault.pick() % all.size() + 1) % all.size()));
      case KILL_ALL -> all;
      case DRAIN_AND_STOP -> List.of(any);
      case RESTART_ETCD, RESIGN -> List.of();
    };
  }

  private void begin(FaultKind kind, List<PeerPlace> struck) {
    if (kind == FaultKind.DRAIN_AND_STOP) {
      drain(struck.getFirst());
      board.beginOrderly(struck.getFirst(), System.nanoTime());
    } else {
      board.begin(struck, System.nanoTime());
    }
    struck.forEach(load::struck);
    switch (kind) {
      case KILL_LEADER, KILL_FOLLOWER, KILL_TWO, KILL_ALL -> struck.forEach(nodes::kill);
      case PAUSE_LEADER, PAUSE_FOLLOWER -> struck.forEach(nodes::pause);
      case CUT_LEADER, CUT_FOLLOWER -> struck.forEach(nodes::cut);
      case DRAIN_AND_STOP -> struck.forEach(nodes::stop);
      case RESTART_ETCD -> nodes.killEtcd();
      case RESIGN -> nodes.order("resign");
    }
  }

  /** A node that cannot hand over in time is stopped nevertheless. */
  private void drain(PeerPlace place) {
    try {
      nodes.order("drain", place.process());
    } catch (NetworkException e) {
      record.finding(load.pace().time() + " " + e.getMessage());
    }
  }

  private void end(FaultKind kind, List<PeerPlace> struck) {
    switch (kind) {
      case KILL_LEADER, KILL_FOLLOWER, KILL_TWO, KILL_ALL, DRAIN_AND_STOP -> {
        struck.forEach(nodes::start);
        struck.forEach(nodes::awaitReady);
      }
      case PAUSE_LEADER, PAUSE_FOLLOWER -> struck.forEach(nodes::resume);
      case CUT_LEADER, CUT_FOLLOWER -> struck.forEach(nodes::heal);
      case RESTART_ETCD -> nodes.startEtcd();
      case RESIGN -> {}
    }
    if (kind == FaultKind.DRAIN_AND_STOP) {
      nodes.order("undrain", struck.getFirst().process());
    }
  }

  /**
   * Waits until every node has announced one more block, and clients of each had an endorsement.
   */
  private void awaitBlocks() {
    List<Gaps> all = new ArrayList<>();
    nodes.places().forEach(place -> all.add(record.blocks(place)));
    nodes.places().forEach(place -> all.add(record.endorsements(place)));
    Map<Gaps, Long> before = all.stream().collect(Collectors.toMap(g -> g, Gaps::count));
    long deadline = System.nanoTime() + RECOVERY_TIMEOUT.toNanos();
    while (before.entrySet().stream().anyMatch(e -> e.getKey().count() <= e.getValue())) {
      if (System.nanoTime() > deadline) {
        throw new NetworkException(
            "a node announces no more blocks or gives no endorsements\n"
                + String.join("\n", watch.lines()));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static Duration longest(List<PeerPlace> places, Function<PeerPlace, Gaps> gaps) {
    return places.stream()
        .map(place -> gaps.apply(place).longest())
        .max(Duration::compareTo)
        .orElseThrow();
  }

  private static void pass(Duration length) {
    long end = System.nanoTime() + length.toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
