package org.blockraft.simulation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys that a simulation wrote, each once, in order of first write. */
final class WrittenKeys {

  private final Map<Name, WrittenKey> keys = new LinkedHashMap<>();

  private record Name(String namespace, String collection, String key) {}

  boolean contains(String namespace, String collection, String key) {
    return keys.containsKey(new Name(namespace, collection, key));
  }

  void add(String namespace, String collection, String key, Map<String, byte[]> metadata) {
    keys.put(
        new Name(namespace, collection, key), new WrittenKey(namespace, collection, key, metadata));
  }

  List<WrittenKey> all() {
    return List.copyOf(keys.values());
  }
}
