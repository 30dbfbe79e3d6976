package org.blockraft.state;

import java.util.Arrays;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Changes of the state in order of namespace (UTF-8 bytes) and key (unsigned bytes). The last
 * change of a key wins. Not thread-safe. See Fabric's {@code
 * core/ledger/kvledger/txmgmt/statedb/statedb.go}.
 */
public final class StateUpdates {

  /** Stands before every key. */
  private static final byte[] NO_KEY = {};

  private final TreeMap<String, NavigableMap<byte[], Update>> namespaces =
      new TreeMap<>(Utf8Order.COMPARATOR);
  private int size;

  /**
   * One change: a new value, or null for a removed key.
   *
   * @param value what the key becomes, null if it is removed
   * @param version the height of the change, also of a removal
   */
  public record Update(VersionedValue value, Version version) {

    /** Whether the key is removed. */
    public boolean isDelete() {
      return value == null;
    }
  }

  /** Sets a key. */
  public void put(String namespace, byte[] key, VersionedValue value) {
    set(namespace, key, new Update(value, value.version()));
  }

  /** Removes a key with its metadata. */
  public void delete(String namespace, byte[] key, Version version) {
    set(namespace, key, new Update(null, version));
  }

  /** Copies all changes of another set over this one. */
  public void putAll(StateUpdates other) {
    other.namespaces.forEach(
        (namespace, keys) -> keys.forEach((key, update) -> set(namespace, key, update)));
  }

  /** The change of a key, or null if it does not change. */
  public Update get(String namespace, byte[] key) {
    NavigableMap<byte[], Update> keys = namespaces.get(namespace);
    return keys == null ? null : keys.get(key);
  }

  /** All changes by namespace, then key. A view. */
  public SortedMap<String, NavigableMap<byte[], Update>> byNamespace() {
    return Collections.unmodifiableSortedMap(namespaces);
  }

  /** Changes of one namespace in key order; empty if there are none. A view. */
  public NavigableMap<byte[], Update> of(String namespace) {
    return Collections.unmodifiableNavigableMap(
        namespaces.getOrDefault(namespace, new TreeMap<>(Arrays::compareUnsigned)));
  }

  /** Changes of one namespace from start (included) to end (excluded; empty = no end). A view. */
  public NavigableMap<byte[], Update> range(String namespace, byte[] start, byte[] end) {
    NavigableMap<byte[], Update> keys = of(namespace);
    if (end.length == 0) {
      return keys.tailMap(start, true);
    }
    return Arrays.compareUnsigned(start, end) >= 0
        ? keys.headMap(NO_KEY, false)
        : keys.subMap(start, true, end, false);
  }

  /** Number of changed keys. */
  public int size() {
    return size;
  }

  /** Whether nothing changes. */
  public boolean isEmpty() {
    return size == 0;
  }

  private void set(String namespace, byte[] key, Update update) {
    NavigableMap<byte[], Update> keys =
        namespaces.computeIfAbsent(namespace, n -> new TreeMap<>(Arrays::compareUnsigned));
    if (keys.put(key, update) == null) {
      size++;
    }
  }
}
