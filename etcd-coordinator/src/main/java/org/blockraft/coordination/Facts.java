package org.blockraft.coordination;

import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Outcome;

/** The facts that nodes agree on: writes them, and publishes the copy. Owned by the loop. */
final class Facts {
  private final EtcdPort port;
  private final EtcdCalls calls;
  private final WatchedKeys copy;
  private final ClusterKeys keys;
  private final Runnable changed;

  /** Replaced as a whole on the loop, read by any thread. */
  private volatile SortedMap<String, byte[]> published = new TreeMap<>();

  /**
   * @param changed told on the loop after the published facts changed
   */
  Facts(EtcdPort port, EtcdCalls calls, WatchedKeys copy, ClusterKeys keys, Runnable changed) {
    this.port = port;
    this.calls = calls;
    this.copy = copy;
    this.keys = keys;
    this.changed = changed;
  }

  /** From any thread. */
  SortedMap<String, byte[]> under(String prefix) {
    TreeMap<String, byte[]> found = new TreeMap<>();
    published
        .subMap(prefix, prefix + Character.MAX_VALUE)
        .forEach((name, value) -> found.put(name, value.clone()));
    return found;
  }

  /**
   * @param value not changed any more by the caller
   * @param term none: whoever leads
   */
  void write(
      Condition sameCluster,
      Optional<Term> term,
      String fact,
      byte[] value,
      CompletableFuture<Boolean> answer) {
    String key = keys.fact(fact);
    calls.call(
        port.commit(keys.write(sameCluster, term, fact, value)),
        outcome -> {
          written(key, value, outcome);
          answer.complete(outcome.succeeded());
        },
        answer::completeExceptionally);
  }

  private void written(String key, byte[] value, Outcome outcome) {
    long revision = outcome.revision();
    if (outcome.succeeded()) {
      long created = copy.get(key).map(Entry::createRevision).orElse(revision);
      Entry entry = new Entry(key, value, created, revision, 0);
      if (copy.observe(key, Optional.of(entry), revision)) {
        publish();
      }
    } else {
      copy.observe(keys.leader(), outcome.reads().get(0), revision);
      copy.observe(keys.id(), outcome.reads().get(1), revision);
    }
  }

  /** Publishes again if one of the changed keys is a fact. */
  void changed(Set<String> changedKeys) {
    if (changedKeys.stream().anyMatch(key -> key.startsWith(keys.facts()))) {
      publish();
    }
  }

  private void publish() {
    TreeMap<String, byte[]> next = new TreeMap<>();
    for (Entry entry : copy.under(keys.facts())) {
      next.put(entry.key().substring(keys.facts().length()), entry.value());
    }
    published = next;
    changed.run();
  }
}
