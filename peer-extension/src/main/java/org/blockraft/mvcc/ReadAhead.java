package org.blockraft.mvcc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateIterator;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.KeyReadWrites;
import org.blockraft.validate.KeyReadWrites.KeyRead;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.MetadataWrite;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;

/**
 * The state before a block, with everything that the block's transactions are known to need read in
 * one go. Owned by one thread.
 */
final class ReadAhead {

  private final StateView committed;
  private final Map<StateKey, VersionedValue> values = new HashMap<>();

  private ReadAhead(StateView committed) {
    this.committed = committed;
  }

  /** Reads the keys of all read sets, and of the write sets what merging metadata needs. */
  static ReadAhead of(StateView committed, List<Mvcc.Candidate> candidates, boolean withReads) {
    ReadAhead ahead = new ReadAhead(committed);
    for (Mvcc.Candidate candidate : candidates) {
      for (NamespaceReadWrites namespace : candidate.readWriteSet().namespaces()) {
        ahead.want(namespace.namespace(), namespace.keys(), withReads);
        for (CollectionReadWrites collection : namespace.collections()) {
          String hashed = Namespaces.hashed(namespace.namespace(), collection.collection());
          ahead.want(hashed, collection.keys(), withReads);
        }
      }
    }
    ahead.readAll();
    return ahead;
  }

  VersionedValue get(StateKey key) {
    VersionedValue value = values.get(key);
    if (value != null || values.containsKey(key)) {
      return value;
    }
    return committed.get(key.namespace(), key.key());
  }

  StateIterator range(String namespace, byte[] start, byte[] end) {
    return committed.range(namespace, start, end);
  }

  /** The key's metadata; empty if it has none or does not exist. */
  byte[] metadata(StateKey key) {
    if (!committed.mayHaveMetadata(key.namespace())) {
      return VersionedValue.NO_METADATA;
    }
    VersionedValue value = get(key);
    return value == null ? VersionedValue.NO_METADATA : value.metadata();
  }

  private void want(String namespace, KeyReadWrites keys, boolean withReads) {
    if (withReads) {
      for (KeyRead read : keys.reads()) {
        values.put(new StateKey(namespace, read.key()), null);
      }
    }
    if (committed.mayHaveMetadata(namespace)) {
      for (KeyWrite write : keys.writes()) {
        if (!write.delete()) {
          values.put(new StateKey(namespace, write.key()), null);
        }
      }
    }
    for (MetadataWrite write : keys.metadataWrites()) {
      values.put(new StateKey(namespace, write.key()), null);
    }
  }

  private void readAll() {
    if (values.isEmpty()) {
      return;
    }
    List<StateKey> keys = new ArrayList<>(values.keySet());
    VersionedValue[] found = committed.getAll(keys);
    for (int i = 0; i < found.length; i++) {
      values.put(keys.get(i), found[i]);
    }
  }
}
