package org.blockraft.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was measured of one contestant.
 *
 * @param catchUp of a chain that the orderer has
 * @param spread endorsement with clients on all nodes
 * @param oneNode the same with all clients on the leader; of one node the same measure
 * @param endToEnd from a client's proposal until it sees the commit
 * @param gapMillis the longest that clients were without an endorsement when the process was killed
 *     and started again, or the leader was killed
 */
record SpeedResult(
    Contestant contestant,
    boolean isLimited,
    CatchUp catchUp,
    List<Endorsement> spread,
    List<Endorsement> oneNode,
    Committed endToEnd,
    double gapMillis) {

  /**
   * Catch-up once the peer is warm.
   *
   * @param leaderMicros CPU time of the leader for each transaction
   * @param followerMicros of each follower, on average
   * @param leaderThreads the leader's by thread
   */
  record CatchUp(
      double perSecond,
      double leaderMicros,
      double followerMicros,
      Map<String, Double> leaderThreads) {
    /** The chain was there before the measure could begin, or another node came to lead. */
    static final CatchUp UNKNOWN = new CatchUp(Double.NaN, Double.NaN, Double.NaN, Map.of());

    Map<String, Object> facts() {
      return Map.of(
          "perSecond", perSecond,
          "leaderCpuMicros", leaderMicros,
          "leaderCpuMicrosByThread", leaderThreads,
          "followerCpuMicros", followerMicros);
    }
  }

  /**
   * One run of clients that only have proposals endorsed.
   *
   * @param cpuMicros of all processes of the peer for each endorsement
   * @param threads the same by thread
   * @param processors that each process used; as many as the quota when that is the limit
   */
  record Endorsement(
      double perSecond,
      double cpuMicros,
      Map<String, Double> threads,
      List<Double> processors,
      double p50,
      double p99) {
    Map<String, Object> facts() {
      return Map.of(
          "perSecond", perSecond,
          "cpuMicros", cpuMicros,
          "cpuMicrosByThread", threads,
          "processors", processors,
          "p50Millis", p50,
          "p99Millis", p99);
    }
  }

  /** Transactions that clients saw committed. */
  record Committed(double perSecond, double cpuMicros, double p50, double p95, double p99) {
    Map<String, Object> facts() {
      return Map.of(
          "perSecond", perSecond,
          "cpuMicros", cpuMicros,
          "p50Millis", p50,
          "p95Millis", p95,
          "p99Millis", p99);
    }
  }

  /** The run in the middle by its rate. */
  static Endorsement median(List<Endorsement> runs) {
    return runs.stream()
        .sorted((a, b) -> Double.compare(a.perSecond(), b.perSecond()))
        .toList()
        .get((runs.size() - 1) / 2);
  }

  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("peer", contestant.title());
    facts.put("processes", contestant.nodes());
    facts.put("limited", isLimited);
    facts.put("catchUp", catchUp.facts());
    facts.put("endorseSpread", spread.stream().map(Endorsement::facts).toList());
    facts.put("endorseOneNode", oneNode.stream().map(Endorsement::facts).toList());
    facts.put("endToEnd", endToEnd.facts());
    facts.put("gapMillisAtKill", gapMillis);
    return facts;
  }
}
