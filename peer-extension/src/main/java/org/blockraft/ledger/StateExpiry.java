package org.blockraft.ledger;

import java.util.Map;
import java.util.NavigableMap;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;

/**
 * Removes private values and their hashes from the state when their collection's blocks-to-live
 * have passed.
 *
 * <p>Schedule and removals are part of the block's batch, so nothing is expired twice or never.
 * Owned by the committing thread.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/pvtstatepurgemgmt.
 */
final class StateExpiry {
  static final String FAMILY = "expiry";

  private static final char KIND = 's';
  private static final String HASHED_INFIX = "$$h";
  private static final String PRIVATE_INFIX = "$$p";

  private final KeyValueStore store;
  private final CollectionConfigs configs;

  StateExpiry(KeyValueStore store, CollectionConfigs configs) {
    this.store = store;
    this.configs = configs;
  }

  /** Notes when the block's updates expire. To be called before {@link #expire}. */
  void schedule(StateView state, StateUpdates hashed, StateUpdates plain, KeyValueBatch into) {
    for (Map.Entry<String, NavigableMap<byte[], StateUpdates.Update>> namespace :
        hashed.byNamespace().entrySet()) {
      scheduleNamespace(state, namespace.getKey(), HASHED_INFIX, namespace.getValue(), into);
    }
    for (Map.Entry<String, NavigableMap<byte[], StateUpdates.Update>> namespace :
        plain.byNamespace().entrySet()) {
      scheduleNamespace(state, namespace.getKey(), PRIVATE_INFIX, namespace.getValue(), into);
    }
  }

  private void scheduleNamespace(
      StateView state,
      String joined,
      String infix,
      NavigableMap<byte[], StateUpdates.Update> updates,
      KeyValueBatch into) {
    int at = joined.indexOf(infix);
    if (at < 0) {
      return;
    }
    String namespace = joined.substring(0, at);
    String collection = joined.substring(at + infix.length());
    boolean plain = infix.equals(PRIVATE_INFIX);
    for (Map.Entry<byte[], StateUpdates.Update> update : updates.entrySet()) {
      long committing = update.getValue().version().block();
      long expiring = configs.expiringBlock(state, namespace, collection, committing);
      if (update.getValue().isDelete() || expiring == CollectionConfigs.NEVER) {
        continue;
      }
      byte[] key = update.getKey();
      byte[] row =
          prefix(expiring)
              .number(committing)
              .text(namespace)
              .text(collection)
              .bytes(plain ? Hash.sha256(key) : key)
              .toBytes();
      into.put(FAMILY, row, plain ? key : new byte[0]);
    }
  }

  /**
   * Adds the removals that are due with the given block, except of keys that the block itself
   * writes, and clears them from the schedule.
   *
   * @param state the state before the block
   */
  void expire(
      long block, StateView state, StateUpdates hashed, StateUpdates plain, KeyValueBatch into) {
    Version version = new Version(block, -1);
    try (KeyValueIterator due =
        store.iterator(FAMILY, prefix(block).toBytes(), prefix(block).end(), false)) {
      while (due.next()) {
        into.delete(FAMILY, due.key());
        StoreKey row = StoreKey.read(due.key());
        row.number();
        long committing = row.number();
        String namespace = row.text();
        String collection = row.text();
        byte[] hash = row.bytes();
        byte[] key = due.value();
        String hashedNamespace = Namespaces.hashed(namespace, collection);
        String plainNamespace = Namespaces.pvt(namespace, collection);
        boolean hashDue = writtenBy(state, hashedNamespace, hash, committing);
        boolean keyDue =
            key.length > 0 && (hashDue || writtenBy(state, plainNamespace, key, committing));
        if (hashDue && hashed.get(hashedNamespace, hash) == null) {
          hashed.delete(hashedNamespace, hash, version);
        }
        if (keyDue && plain.get(plainNamespace, key) == null) {
          plain.delete(plainNamespace, key, version);
        }
      }
    }
  }

  private static boolean writtenBy(StateView state, String namespace, byte[] key, long block) {
    VersionedValue value = state.get(namespace, key);
    return value != null && value.version().block() == block;
  }

  private static StoreKey prefix(long expiring) {
    return StoreKey.of(KIND).number(expiring);
  }
}
