package org.blockraft.validate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;

/**
 * Endorsement policies of single keys during one block: as committed before the block, and which
 * keys have had their metadata changed by an earlier transaction of the block. Owned by one thread.
 *
 * <p>Fabric: core/common/validation/statebased/vpmanagerimpl.go.
 */
final class KeyPolicies {

  private static final VersionedValue[] NO_VALUES = {};

  private final StateView committed;
  private final Map<StateKey, VersionedValue> prefetched = new HashMap<>();
  private final Set<StateKey> changed = new HashSet<>();

  KeyPolicies(StateView committed) {
    this.committed = committed;
  }

  /** The state key of a public key, or in a collection of a hashed one. */
  static StateKey key(String namespace, String collection, byte[] key) {
    // Stock takes a collection without a name for the public part.
    return collection.isEmpty()
        ? new StateKey(namespace, key)
        : new StateKey(Namespaces.hashed(namespace, collection), key);
  }

  /** Reads what the policies of the given namespaces' keys need, all at once. */
  void prefetch(List<NamespaceReadWrites> written) {
    Set<StateKey> wanted = new HashSet<>();
    for (NamespaceReadWrites namespace : written) {
      collect(namespace.namespace(), "", namespace.keys(), wanted);
      for (CollectionReadWrites collection : namespace.collections()) {
        collect(namespace.namespace(), collection.collection(), collection.keys(), wanted);
      }
    }
    List<StateKey> keys = new ArrayList<>(wanted);
    VersionedValue[] values = keys.isEmpty() ? NO_VALUES : committed.getAll(keys);
    for (int i = 0; i < values.length; i++) {
      prefetched.put(keys.get(i), values[i]);
    }
  }

  /** Whether an earlier transaction of this block has changed the key's metadata. */
  boolean changedInBlock(StateKey key) {
    return !changed.isEmpty() && changed.contains(key);
  }

  /**
   * A key's own policy.
   *
   * @return a serialized {@code SignaturePolicyEnvelope}; empty if it has none
   * @throws ValidationException if the stored metadata is malformed
   */
  ByteString policy(StateKey key) {
    if (!committed.mayHaveMetadata(key.namespace())) {
      return ByteString.EMPTY;
    }
    VersionedValue value =
        prefetched.containsKey(key)
            ? prefetched.get(key)
            : committed.get(key.namespace(), key.key());
    if (value == null || value.metadata().length == 0) {
      return ByteString.EMPTY;
    }
    try {
      byte[] policy = MetadataWrite.entryOf(value.metadata(), MetadataWrite.VALIDATION_PARAMETER);
      return policy == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(policy);
    } catch (MalformedMessageException e) {
      throw new ValidationException("could not retrieve metadata for " + key, e);
    }
  }

  /** Notes the metadata changes of a transaction that satisfied the namespace's policies. */
  void endorsed(NamespaceReadWrites namespace) {
    for (MetadataWrite write : namespace.keys().metadataWrites()) {
      changed.add(key(namespace.namespace(), "", write.key()));
    }
    for (CollectionReadWrites collection : namespace.collections()) {
      for (MetadataWrite write : collection.keys().metadataWrites()) {
        changed.add(key(namespace.namespace(), collection.collection(), write.key()));
      }
    }
  }

  private void collect(
      String namespace, String collection, KeyReadWrites keys, Set<StateKey> into) {
    if (!keys.writesAnything()
        || !committed.mayHaveMetadata(
            key(namespace, collection, ReadWriteSet.NOTHING).namespace())) {
      return;
    }
    for (KeyWrite write : keys.writes()) {
      into.add(key(namespace, collection, write.key()));
    }
    for (MetadataWrite write : keys.metadataWrites()) {
      into.add(key(namespace, collection, write.key()));
    }
  }
}
