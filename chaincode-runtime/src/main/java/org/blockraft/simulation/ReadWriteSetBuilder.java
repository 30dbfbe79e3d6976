package org.blockraft.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.blockraft.state.Utf8Order;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;

/**
 * Collects what a transaction reads and writes and gives it Fabric's bytes: everything in order of
 * UTF-8 bytes, hashed entries in order of their plaintext keys, range queries in order of creation.
 * The last write of a key counts. Not thread-safe. See Fabric's {@code
 * core/ledger/kvledger/txmgmt/rwsetutil/rwset_builder.go}.
 */
public final class ReadWriteSetBuilder {

  private final SortedMap<String, NamespaceReadWrites> namespaces =
      new TreeMap<>(Utf8Order.COMPARATOR);

  /** Reads a key; the version is null if it does not exist. */
  public void read(String namespace, String key, Version version) {
    namespace(namespace).reads.put(key, version);
  }

  /** Writes a key; null or empty deletes it. */
  public void write(String namespace, String key, byte[] value) {
    namespace(namespace).writes.put(key, PendingWrite.of(value));
  }

  /** Replaces the metadata of a key; null or empty deletes it. */
  public void writeMetadata(String namespace, String key, Map<String, byte[]> metadata) {
    namespace(namespace).metadataWrites.put(key, copy(metadata));
  }

  /** Adds a range query; one with the same bounds and end is recorded once. */
  public void rangeQuery(String namespace, RangeQueryInfo query) {
    namespace(namespace).rangeQuery(query);
  }

  /** Reads a private key or its hash; the version is null if it does not exist. */
  public void readPrivate(String namespace, String collection, String key, Version version) {
    collection(namespace, collection).reads.put(key, version);
  }

  /** Writes a private key; null or empty deletes it. */
  public void writePrivate(String namespace, String collection, String key, byte[] value) {
    collection(namespace, collection).writes.put(key, PendingWrite.of(value));
  }

  /** Deletes a private key together with its past. */
  public void purgePrivate(String namespace, String collection, String key) {
    collection(namespace, collection).writes.put(key, PendingWrite.PURGE);
  }

  /** Replaces the metadata of a private key; null or empty deletes it. */
  public void writePrivateMetadata(
      String namespace, String collection, String key, Map<String, byte[]> metadata) {
    collection(namespace, collection).metadataWrites.put(key, copy(metadata));
  }

  /** Names of all namespaces that were touched, in order. */
  public List<String> namespaces() {
    return List.copyOf(namespaces.keySet());
  }

  /** The public part. */
  public TxReadWriteSet buildPublic() {
    TxReadWriteSet.Builder set = TxReadWriteSet.newBuilder();
    namespaces.forEach((name, reads) -> set.addNsRwset(reads.build(name)));
    return set.build();
  }

  /** The private part, or null if no private key was written. */
  public TxPvtReadWriteSet buildPrivate() {
    List<NsPvtReadWriteSet> built = new ArrayList<>();
    for (Map.Entry<String, NamespaceReadWrites> namespace : namespaces.entrySet()) {
      NsPvtReadWriteSet.Builder set =
          NsPvtReadWriteSet.newBuilder().setNamespace(namespace.getKey());
      namespace
          .getValue()
          .collections
          .forEach(
              (collection, writes) -> {
                if (writes.hasWrites()) {
                  set.addCollectionPvtRwset(
                      CollectionPvtReadWriteSet.newBuilder()
                          .setCollectionName(collection)
                          .setRwset(writes.buildPrivate()));
                }
              });
      if (set.getCollectionPvtRwsetCount() > 0) {
        built.add(set.build());
      }
    }
    return built.isEmpty() ? null : TxPvtReadWriteSet.newBuilder().addAllNsPvtRwset(built).build();
  }

  private NamespaceReadWrites namespace(String name) {
    return namespaces.computeIfAbsent(name, n -> new NamespaceReadWrites());
  }

  private CollectionReadWrites collection(String namespace, String collection) {
    return namespace(namespace)
        .collections
        .computeIfAbsent(collection, c -> new CollectionReadWrites());
  }

  private static Map<String, byte[]> copy(Map<String, byte[]> metadata) {
    return metadata == null ? Map.of() : Map.copyOf(metadata);
  }
}
