package org.blockraft.mvcc;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateUpdates.Update;
import org.blockraft.state.Utf8Order;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.ReadWriteSet;

/**
 * Public and hashed changes of the block's valid transactions so far. Owned by one thread.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/types.go publicAndHashUpdates.
 */
final class RunningBatch {

  private final ReadAhead committed;
  private final StateUpdates updates = new StateUpdates();

  /**
   * Collections with hashed changes by namespace; namespaces with public changes only are here too.
   */
  private final SortedMap<String, NavigableSet<String>> collections =
      new TreeMap<>(Utf8Order.COMPARATOR);

  RunningBatch(ReadAhead committed) {
    this.committed = committed;
  }

  static StateKey hashedKey(String namespace, String collection, byte[] keyHash) {
    return new StateKey(Namespaces.hashed(namespace, collection), keyHash);
  }

  StateUpdates updates() {
    return updates;
  }

  SortedMap<String, NavigableSet<String>> collections() {
    return Collections.unmodifiableSortedMap(collections);
  }

  /**
   * Whether public reads of a namespace are to be looked up here. A read set may claim to have read
   * a namespace by the name that a collection's hashes are stored under; those are no public keys.
   */
  boolean mayHold(String namespace) {
    return collections.containsKey(namespace);
  }

  /** The change of a public key, or null. */
  Update publicUpdate(String namespace, byte[] key) {
    return mayHold(namespace) ? updates.get(namespace, key) : null;
  }

  /** Changes of public keys in a range, in key order. */
  Iterator<Map.Entry<byte[], Update>> range(String namespace, byte[] start, byte[] end) {
    return mayHold(namespace)
        ? updates.range(namespace, start, end).entrySet().iterator()
        : Collections.emptyIterator();
  }

  /** Adds what a valid transaction does. */
  void apply(ReadWriteSet readWriteSet, Version version) {
    for (KeyOperations.Final change : KeyOperations.of(readWriteSet, this, committed)) {
      collections.computeIfAbsent(change.namespace(), name -> new TreeSet<>(Utf8Order.COMPARATOR));
      if (!change.collection().isEmpty()) {
        collections.get(change.namespace()).add(change.collection());
      }
      StateKey key = change.key();
      if (change.delete()) {
        updates.delete(key.namespace(), key.key(), version);
      } else {
        updates.put(
            key.namespace(),
            key.key(),
            new VersionedValue(change.value(), change.metadata(), version));
      }
    }
  }
}
