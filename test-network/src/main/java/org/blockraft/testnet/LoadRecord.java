package org.blockraft.testnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the clients of one node saw. Safe for many threads. */
final class LoadRecord {
  /** Enough to see what is wrong. */
  private static final int FAILURES_KEPT_MAX = 5;

  final Gaps endorsements = new Gaps();
  final Gaps commits = new Gaps();

  /** Transactions that a client was told are committed and valid, and in which block. */
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

  private final List<String> failures = new ArrayList<>();
  private long failed;

  void committed(String transaction, long block) {
    acknowledged.put(transaction, block);
    commits.happened();
  }

  synchronized void failed(String text) {
    failed++;
    if (failures.size() < FAILURES_KEPT_MAX) {
      failures.add(text);
    }
  }

  synchronized long failed() {
    return failed;
  }

  /** The first failures. */
  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  Map<String, Long> acknowledged() {
    return Map.copyOf(acknowledged);
  }
}
