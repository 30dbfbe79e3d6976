package org.blockraft.coordination;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.blockraft.coordination.EtcdPort.Change;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Snapshot;

/**
 * A copy of the cluster's keys, fed by reads, by the watch, and by the answers to own writes, in
 * any order: for each key the newest revision wins, so that an answer may run ahead of the watch.
 * Owned by the loop.
 */
final class WatchedKeys {
  private final TreeMap<String, Entry> entries = new TreeMap<>();

  /** Keys known to be deleted at a revision that the watch has not reached. */
  private final Map<String, Long> deleted = new HashMap<>();

  private long revision;
  private long edits;

  /** The highest revision that anything here comes from; 0 before the first read. */
  long revision() {
    return revision;
  }

  /** Grows with each change of what is here. */
  long edits() {
    return edits;
  }

  Optional<Entry> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The entries under a prefix, in the order of their keys. */
  Collection<Entry> under(String prefix) {
    return Collections.unmodifiableCollection(
        entries.subMap(prefix, prefix + Character.MAX_VALUE).values());
  }

  /** Takes over a whole read; returns the keys that differ from before. */
  Set<String> reset(Snapshot snapshot) {
    Set<String> changed = new HashSet<>();
    Set<String> present = new HashSet<>();
    for (Entry entry : snapshot.entries()) {
      present.add(entry.key());
      if (put(entry)) {
        changed.add(entry.key());
      }
    }
    entries
        .values()
        .removeIf(
            old ->
                old.modRevision() <= snapshot.revision()
                    && !present.contains(old.key())
                    && changed.add(old.key()));
    edits += changed.size();
    reached(snapshot.revision());
    return changed;
  }

  /** Takes over what the watch says; returns the keys that differ from before. */
  Set<String> apply(long upTo, List<Change> changes) {
    Set<String> changed = new HashSet<>();
    for (Change change : changes) {
      Entry entry = change.entry();
      if (change.deleted() ? remove(entry.key(), entry.modRevision()) : put(entry)) {
        changed.add(entry.key());
      }
    }
    reached(upTo);
    return changed;
  }

  /** Takes over what an answer says of one key at a revision; returns whether it differs. */
  boolean observe(String key, Optional<Entry> entry, long at) {
    revision = Math.max(revision, at);
    if (entry.isPresent()) {
      return put(entry.get());
    }
    boolean changed = remove(key, at);
    deleted.merge(key, at, Math::max);
    return changed;
  }

  private boolean put(Entry entry) {
    Entry old = entries.get(entry.key());
    boolean newer =
        (old == null || old.modRevision() < entry.modRevision())
            && deleted.getOrDefault(entry.key(), 0L) < entry.modRevision();
    if (newer) {
      edits++;
      entries.put(entry.key(), entry);
    }
    return newer;
  }

  private boolean remove(String key, long at) {
    Entry old = entries.get(key);
    if (old == null || old.modRevision() > at) {
      return false;
    }
    edits++;
    entries.remove(key);
    return true;
  }

  private void reached(long upTo) {
    revision = Math.max(revision, upTo);
    deleted.values().removeIf(at -> at <= upTo);
  }
}
