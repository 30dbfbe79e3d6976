package org.blockraft.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * State in memory, for tests. Other than a snapshot it changes when updates are applied; {@link
 * #copy()} gives one that does not. Not thread-safe.
 */
public final class MemoryState implements StateView {

  private final Map<String, TreeMap<byte[], VersionedValue>> namespaces =
      new TreeMap<>(Utf8Order.COMPARATOR);
  private final Set<String> metadataNamespaces = new HashSet<>();
  private long height;

  /** Applies updates and moves to the height (number of blocks). */
  public void apply(StateUpdates updates, long newHeight) {
    updates
        .byNamespace()
        .forEach(
            (namespace, keys) ->
                keys.forEach((key, update) -> applyOne(namespace, key, update.value())));
    height = newHeight;
  }

  /** Sets one key, for the arrangement of a test. */
  public MemoryState with(String namespace, String key, String value, Version version) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return with(StateKey.of(namespace, key), new VersionedValue(bytes, version));
  }

  /** Sets one key, for the arrangement of a test. */
  public MemoryState with(StateKey key, VersionedValue value) {
    applyOne(key.namespace(), key.key(), value);
    height = Math.max(height, value.version().block() + 1);
    return this;
  }

  /** A state of the same content that changes by itself. */
  public MemoryState copy() {
    MemoryState copy = new MemoryState();
    namespaces.forEach((namespace, keys) -> copy.namespaces.put(namespace, new TreeMap<>(keys)));
    copy.metadataNamespaces.addAll(metadataNamespaces);
    copy.height = height;
    return copy;
  }

  @Override
  public VersionedValue get(String namespace, byte[] key) {
    TreeMap<byte[], VersionedValue> keys = namespaces.get(namespace);
    return keys == null ? null : keys.get(key);
  }

  @Override
  public VersionedValue[] getAll(List<StateKey> keys) {
    return keys.stream().map(key -> get(key.namespace(), key.key())).toArray(VersionedValue[]::new);
  }

  @Override
  public StateIterator range(String namespace, byte[] start, byte[] end) {
    TreeMap<byte[], VersionedValue> keys = new TreeMap<>(Arrays::compareUnsigned);
    keys.putAll(namespaces.getOrDefault(namespace, keys).tailMap(start, true));
    if (end.length > 0) {
      keys.tailMap(end, true).clear();
    }
    Iterator<Map.Entry<byte[], VersionedValue>> rows = keys.entrySet().iterator();
    return new StateIterator() {
      @Override
      public StateEntry next() {
        if (!rows.hasNext()) {
          return null;
        }
        Map.Entry<byte[], VersionedValue> row = rows.next();
        return new StateEntry(row.getKey(), row.getValue());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public long height() {
    return height;
  }

  @Override
  public boolean mayHaveMetadata(String namespace) {
    return metadataNamespaces.contains(namespace);
  }

  private void applyOne(String namespace, byte[] key, VersionedValue value) {
    TreeMap<byte[], VersionedValue> keys =
        namespaces.computeIfAbsent(namespace, n -> new TreeMap<>(Arrays::compareUnsigned));
    if (value == null) {
      keys.remove(key);
      return;
    }
    keys.put(key, value);
    if (value.metadata().length > 0) {
      metadataNamespaces.add(namespace);
    }
  }
}
