package org.blockraft.mvcc;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateUpdates.Update;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.KeyReadWrites;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.MetadataWrite;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;

/**
 * Changes of private keys of one block. Owned by one thread.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/batch_preparer.go validateAndPreparePvtBatch.
 */
final class PrivateUpdates {

  private final StateView committed;
  private final RunningBatch batch;
  private final long block;
  private final StateUpdates updates = new StateUpdates();
  private final Set<MetadataKey> metadataKeys = new LinkedHashSet<>();

  private record MetadataKey(String namespace, String collection, StateKey key) {}

  PrivateUpdates(StateView committed, RunningBatch batch, long block) {
    this.committed = committed;
    this.batch = batch;
    this.block = block;
  }

  /**
   * Adds a valid transaction's private writes.
   *
   * @param writeSet null if it is not at hand
   * @param recorded whether it was checked before and may lack purged keys
   * @throws MvccException if it is not the one that was endorsed
   */
  void apply(Mvcc.Candidate candidate, TxPvtReadWriteSet writeSet, boolean recorded) {
    if (writeSet == null || !candidate.readWriteSet().hasPrivateWrites()) {
      return;
    }
    if (!recorded) {
      requireEndorsed(candidate, writeSet);
    }
    Version version = new Version(block, candidate.index());
    for (NsPvtReadWriteSet namespace : writeSet.getNsPvtRwsetList()) {
      for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
        add(
            namespace.getNamespace(),
            collection.getCollectionName(),
            KeyReadWrites.parsePlain(collection.getRwset().toByteArray()),
            version);
      }
    }
  }

  /**
   * Gives private keys of which only the metadata has changed the version of their hashed
   * counterpart, and returns all changes.
   */
  StateUpdates finish() {
    for (MetadataKey changed : metadataKeys) {
      byte[] keyHash = CommitHash.sha256().digest(changed.key().key());
      String hashedNamespace = Namespaces.hashed(changed.namespace(), changed.collection());
      Update hashed = batch.updates().get(hashedNamespace, keyHash);
      if (hashed != null && !hashed.isDelete()) {
        raiseVersion(changed.key(), hashed.value());
      }
    }
    return updates;
  }

  private static void requireEndorsed(Mvcc.Candidate candidate, TxPvtReadWriteSet writeSet) {
    for (NsPvtReadWriteSet namespace : writeSet.getNsPvtRwsetList()) {
      for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
        byte[] endorsed =
            candidate
                .readWriteSet()
                .privateHash(namespace.getNamespace(), collection.getCollectionName());
        if (!Arrays.equals(hash(collection.getRwset()), endorsed)) {
          throw new MvccException(
              "hash of pvt data for collection [%s:%s] does not match with the corresponding hash"
                      .formatted(namespace.getNamespace(), collection.getCollectionName())
                  + " in the public data");
        }
      }
    }
  }

  private void add(String namespace, String collection, KeyReadWrites keys, Version version) {
    String stored = Namespaces.pvt(namespace, collection);
    for (KeyWrite write : keys.writes()) {
      if (write.delete()) {
        updates.delete(stored, write.key(), version);
      } else {
        updates.put(stored, write.key(), new VersionedValue(write.value(), version));
      }
    }
    for (MetadataWrite write : keys.metadataWrites()) {
      metadataKeys.add(new MetadataKey(namespace, collection, new StateKey(stored, write.key())));
    }
  }

  private void raiseVersion(StateKey key, VersionedValue hashed) {
    Update update = updates.get(key.namespace(), key.key());
    VersionedValue latest =
        update == null ? committed.get(key.namespace(), key.key()) : update.value();
    if (latest == null || latest.version().equals(hashed.version())) {
      return;
    }
    // Private values may be missing from some blocks, so the one here may be of long ago.
    if (Arrays.equals(CommitHash.sha256().digest(latest.value()), hashed.value())) {
      updates.put(key.namespace(), key.key(), new VersionedValue(latest.value(), hashed.version()));
    }
  }

  private static byte[] hash(ByteString bytes) {
    MessageDigest digest = CommitHash.sha256();
    digest.update(bytes.asReadOnlyByteBuffer());
    return digest.digest();
  }
}
