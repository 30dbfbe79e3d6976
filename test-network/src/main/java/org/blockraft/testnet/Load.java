package org.blockraft.testnet;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

/** Constant load on some nodes of the cluster; which ones may change. Owned by one thread. */
final class Load implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(10);

  /** Nothing is to be expected when so many requests failed. */
  private static final int FAILED_MAX = 1000;

  private final NetworkFolder folder;
  private final LoadPlan plan;
  private final InstantSource clock;
  private final Map<PeerPlace, NodeLoad> running = new HashMap<>();
  private final List<LoadRecord> records = new ArrayList<>();

  Load(NetworkFolder folder, LoadPlan plan, InstantSource clock) {
    this.folder = folder;
    this.plan = plan;
    this.clock = clock;
  }

  /** Puts load on exactly these nodes; clients of others end. */
  void on(Collection<PeerPlace> places) {
    List<PeerPlace> gone = running.keySet().stream().filter(p -> !places.contains(p)).toList();
    gone.forEach(place -> running.remove(place).close());
    for (PeerPlace place : places) {
      if (!running.containsKey(place)) {
        String accounts = place.process() + "-" + clock.millis() + "-";
        NodeLoad load = new NodeLoad(folder, place, plan, accounts, clock);
        running.put(place, load);
        records.add(load.record());
      }
    }
  }

  /** Waits until the clients of each node had so many more commits. */
  void awaitCommits(int more, Duration timeout) {
    Map<NodeLoad, Long> before = new HashMap<>();
    running.values().forEach(load -> before.put(load, load.record().commits.count()));
    long deadline = System.nanoTime() + timeout.toNanos();
    while (before.entrySet().stream()
        .anyMatch(e -> e.getKey().record().commits.count() < e.getValue() + more)) {
      if (System.nanoTime() > deadline || failed() > FAILED_MAX) {
        throw new NetworkException(
            "clients had too few commits, %d requests failed, the first:\n%s"
                .formatted(failed(), String.join("\n", failures())));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Gaps are counted from now. */
  void forgetGaps() {
    running.values().forEach(load -> load.record().endorsements.forget());
    running.values().forEach(load -> load.record().commits.forget());
  }

  /** The longest that the clients of any one node were without an endorsement. */
  Duration endorsementGap() {
    return gap(r -> r.endorsements);
  }

  /** The longest that the clients of any one node were without a commit. */
  Duration commitGap() {
    return gap(r -> r.commits);
  }

  private Duration gap(Function<LoadRecord, Gaps> kind) {
    return running.values().stream()
        .map(load -> kind.apply(load.record()).longest())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  long endorsed() {
    return records.stream().mapToLong(r -> r.endorsements.count()).sum();
  }

  long failed() {
    return records.stream().mapToLong(LoadRecord::failed).sum();
  }

  /** The first failures at each node. */
  List<String> failures() {
    return records.stream().flatMap(r -> r.failures().stream()).toList();
  }

  /** All transactions that clients were told are committed and valid. */
  List<String> acknowledged() {
    Stream<String> all = records.stream().flatMap(r -> r.acknowledged().keySet().stream());
    return all.toList();
  }

  @Override
  public void close() {
    on(List.of());
  }
}
