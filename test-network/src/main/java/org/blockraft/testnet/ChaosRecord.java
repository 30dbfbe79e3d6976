package org.blockraft.testnet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What clients of a long run saw, and all that is not as it should be. Safe for many threads. */
final class ChaosRecord {
  /** Enough to see what is wrong. */
  private static final int FINDINGS_KEPT_MAX = 200;

  private final Map<PeerPlace, Gaps> endorsements = new LinkedHashMap<>();
  private final Map<PeerPlace, Gaps> blocks = new LinkedHashMap<>();
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final Set<String> privateKeys = ConcurrentHashMap.newKeySet();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Duration> latencies = new ConcurrentLinkedQueue<>();
  private final List<String> findings = new ArrayList<>();
  private long found;

  ChaosRecord(List<PeerPlace> places) {
    places.forEach(place -> endorsements.put(place, new Gaps()));
    places.forEach(place -> blocks.put(place, new Gaps()));
  }

  /** Endorsements that clients of a node got. */
  Gaps endorsements(PeerPlace place) {
    return endorsements.get(place);
  }

  /** Blocks that a node announced. */
  Gaps blocks(PeerPlace place) {
    return blocks.get(place);
  }

  /** A client was told that a transaction is committed and valid. */
  void committed(String transaction, long block, Duration latency) {
    acknowledged.put(transaction, block);
    latencies.add(latency);
  }

  Map<String, Long> acknowledged() {
    return Map.copyOf(acknowledged);
  }

  /** Private data that a client was told is committed. */
  void wrote(String privateKey) {
    privateKeys.add(privateKey);
  }

  Set<String> privateKeys() {
    return Set.copyOf(privateKeys);
  }

  void count(String what) {
    counts.computeIfAbsent(what, w -> new LongAdder()).increment();
  }

  long counted(String what) {
    LongAdder adder = counts.get(what);
    return adder == null ? 0 : adder.sum();
  }

  Map<String, Long> counts() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((what, adder) -> all.put(what, adder.sum()));
    return all;
  }

  /** From the proposal to the news of the commit, with all that was tried again. */
  Distribution latencies() {
    return Distribution.of(List.copyOf(latencies));
  }

  /** Something is not as it should be. */
  synchronized void finding(String text) {
    found++;
    if (findings.size() < FINDINGS_KEPT_MAX) {
      findings.add(text);
    }
  }

  synchronized long found() {
    return found;
  }

  /** The first ones. */
  synchronized List<String> findings() {
    return List.copyOf(findings);
  }
}
