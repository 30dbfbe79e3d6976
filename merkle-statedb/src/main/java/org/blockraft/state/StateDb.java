package org.blockraft.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The versioned state of one channel in the {@value #FAMILY} family of its store. State and height
 * go into one batch, so they can never be seen or survive apart.
 *
 * <p>Snapshots may be taken by any thread. One thread at a time applies updates. Equals stock's
 * LevelDB state database in what can be seen; see Fabric's {@code
 * core/ledger/kvledger/txmgmt/statedb/stateleveldb}.
 */
public final class StateDb {

  /** The store's family that holds the state; open the store with it. */
  public static final String FAMILY = "state";

  private static final byte[] HEIGHT_KEY = "state.height".getBytes(StandardCharsets.UTF_8);
  private static final byte[] METADATA_PREFIX = "state.metadata/".getBytes(StandardCharsets.UTF_8);
  private static final byte[] METADATA_END = "state.metadata0".getBytes(StandardCharsets.UTF_8);

  private final KeyValueStore store;

  /** Namespaces where some key has, or once had, metadata. Grows only; may run ahead of state. */
  private final Set<String> metadataNamespaces = ConcurrentHashMap.newKeySet();

  /** State kept in an open store. */
  public StateDb(KeyValueStore store) {
    this.store = store;
    try (KeyValueIterator rows =
        store.iterator(KeyValueStore.DEFAULT_FAMILY, METADATA_PREFIX, METADATA_END, false)) {
      while (rows.next()) {
        byte[] key = rows.key();
        metadataNamespaces.add(
            new String(
                key,
                METADATA_PREFIX.length,
                key.length - METADATA_PREFIX.length,
                StandardCharsets.UTF_8));
      }
    }
  }

  /** The newest written state; the caller closes it. */
  public StateSnapshot snapshot() {
    return new StateSnapshot(store.snapshot(), metadataNamespaces);
  }

  /** Number of blocks in the newest written state; 0 if nothing was ever written. */
  public long height() {
    return decodeHeight(store.get(KeyValueStore.DEFAULT_FAMILY, HEIGHT_KEY));
  }

  /**
   * Adds the updates and the new height to the batch; nothing is seen before the batch is written.
   *
   * @param height number of blocks that the state then includes
   */
  public void apply(StateUpdates updates, long height, KeyValueBatch into) {
    apply(updates, into);
    into.put(
        KeyValueStore.DEFAULT_FAMILY,
        HEIGHT_KEY,
        ByteBuffer.allocate(Long.BYTES).putLong(height).array());
  }

  /** Adds updates that do not move the height, such as private data that arrives late. */
  public void apply(StateUpdates updates, KeyValueBatch into) {
    for (Map.Entry<String, NavigableMap<byte[], StateUpdates.Update>> namespace :
        updates.byNamespace().entrySet()) {
      byte[] prefix = StateCodec.prefix(namespace.getKey());
      boolean metadata = false;
      for (Map.Entry<byte[], StateUpdates.Update> entry : namespace.getValue().entrySet()) {
        byte[] rowKey = StateCodec.rowKey(prefix, entry.getKey());
        VersionedValue value = entry.getValue().value();
        if (value == null) {
          into.delete(FAMILY, rowKey);
        } else {
          metadata |= value.metadata().length > 0;
          into.put(FAMILY, rowKey, StateCodec.rowValue(value));
        }
      }
      if (metadata) {
        // Written every time: an earlier batch that said so may never have been written.
        metadataNamespaces.add(namespace.getKey());
        into.put(KeyValueStore.DEFAULT_FAMILY, metadataKey(namespace.getKey()), new byte[0]);
      }
    }
  }

  static long height(KeyValueSnapshot snapshot) {
    return decodeHeight(snapshot.get(KeyValueStore.DEFAULT_FAMILY, HEIGHT_KEY));
  }

  private static long decodeHeight(byte[] stored) {
    return stored == null ? 0 : ByteBuffer.wrap(stored).getLong();
  }

  private static byte[] metadataKey(String namespace) {
    byte[] name = namespace.getBytes(StandardCharsets.UTF_8);
    byte[] key = Arrays.copyOf(METADATA_PREFIX, METADATA_PREFIX.length + name.length);
    System.arraycopy(name, 0, key, METADATA_PREFIX.length, name.length);
    return key;
  }
}
