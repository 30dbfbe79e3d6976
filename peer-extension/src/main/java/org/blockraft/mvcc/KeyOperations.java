package org.blockraft.mvcc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateUpdates.Update;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.KeyReadWrites;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.MetadataWrite;
import org.blockraft.validate.ReadWriteSet;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;

/**
 * What one transaction does to each key, value and metadata writes merged.
 *
 * <p>Stock <em>adds</em> the marks of operations on a key instead of joining them, in eight bits. A
 * sound read-write set has each mark at most once and does not notice; one that writes a key twice
 * gets odd but definite results, which are part of what peers agree on: two value writes make a
 * metadata update, eight make a delete.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/tx_ops.go.
 */
final class KeyOperations {

  private static final int UPSERT = 1;
  private static final int METADATA_UPDATE = 2;
  private static final int METADATA_DELETE = 4;
  private static final int DELETE = 8;
  private static final int MARKS = 0xff;

  private final String namespace;
  private final String collection;
  private final StateKey key;
  private int marks;
  private byte[] value;
  private byte[] metadata = VersionedValue.NO_METADATA;

  /**
   * What becomes of a key.
   *
   * @param collection empty for a public key
   * @param key the key, or its hash, under its name in the state database
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares changes
  record Final(
      String namespace,
      String collection,
      StateKey key,
      boolean delete,
      byte[] value,
      byte[] metadata) {}

  private KeyOperations(String namespace, String collection, StateKey key) {
    this.namespace = namespace;
    this.collection = collection;
    this.key = key;
  }

  /** Merges a transaction's writes with each other and with what was there before. */
  static List<Final> of(ReadWriteSet readWriteSet, RunningBatch preceding, ReadAhead committed) {
    Map<StateKey, KeyOperations> operations = new LinkedHashMap<>();
    for (NamespaceReadWrites namespace : readWriteSet.namespaces()) {
      collect(namespace.namespace(), "", namespace.keys(), operations);
      for (CollectionReadWrites collection : namespace.collections()) {
        collect(namespace.namespace(), collection.collection(), collection.keys(), operations);
      }
    }
    List<Final> changes = new ArrayList<>(operations.size());
    for (KeyOperations operation : operations.values()) {
      if (operation.complete(preceding, committed)) {
        changes.add(operation.result());
      }
    }
    return changes;
  }

  private static void collect(
      String namespace,
      String collection,
      KeyReadWrites keys,
      Map<StateKey, KeyOperations> operations) {
    // A collection without a name counts as the public part.
    String stored = collection.isEmpty() ? namespace : Namespaces.hashed(namespace, collection);
    for (KeyWrite write : keys.writes()) {
      KeyOperations operation =
          operations.computeIfAbsent(
              new StateKey(stored, write.key()),
              key -> new KeyOperations(namespace, collection, key));
      if (write.delete()) {
        operation.mark(DELETE);
      } else {
        operation.mark(UPSERT);
        operation.value = write.value();
      }
    }
    for (MetadataWrite write : keys.metadataWrites()) {
      KeyOperations operation =
          operations.computeIfAbsent(
              new StateKey(stored, write.key()),
              key -> new KeyOperations(namespace, collection, key));
      if (write.entries().isEmpty()) {
        operation.mark(METADATA_DELETE);
      } else {
        operation.mark(METADATA_UPDATE);
        operation.metadata = write.serializedEntries();
      }
    }
  }

  private void mark(int mark) {
    marks = (marks + mark) & MARKS;
  }

  private boolean has(int mark) {
    return (marks & mark) == mark;
  }

  private boolean isDelete() {
    return has(DELETE);
  }

  private boolean isUpsertAndMetadata() {
    return has(UPSERT) && (has(METADATA_UPDATE) || has(METADATA_DELETE));
  }

  private boolean isOnlyUpsert() {
    return (marks | UPSERT) == UPSERT;
  }

  /** Adds what the transaction leaves as it was; false if nothing happens to the key. */
  private boolean complete(RunningBatch preceding, ReadAhead committed) {
    if (isDelete() || isUpsertAndMetadata()) {
      return true;
    }
    Update update = preceding.updates().get(key.namespace(), key.key());
    if (isOnlyUpsert()) {
      metadata = latestMetadata(update, committed);
      return true;
    }
    VersionedValue latest = update == null ? committed.get(key) : update.value();
    if (latest == null) {
      // Metadata of a key that does not exist, or that this block has deleted. For the latter stock
      // ends its process, so there is no answer to agree with.
      return false;
    }
    value = latest.value();
    return true;
  }

  private byte[] latestMetadata(Update update, ReadAhead committed) {
    if (update == null) {
      return committed.metadata(key);
    }
    return update.isDelete() ? VersionedValue.NO_METADATA : update.value().metadata();
  }

  private Final result() {
    if (value == null && !isDelete()) {
      throw new MvccException("Nil value not allowed. Instead call 'Delete' function");
    }
    return new Final(namespace, collection, key, isDelete(), value, metadata);
  }
}
