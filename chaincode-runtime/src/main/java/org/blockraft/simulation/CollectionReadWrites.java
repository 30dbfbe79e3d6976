package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.blockraft.state.Utf8Order;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionHashedReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.HashedRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;

/**
 * Reads and writes of one collection. The public part has hashes, in order of the plaintext keys;
 * the private part has the writes, and the bare keys of metadata writes.
 */
final class CollectionReadWrites {

  /** Versions may be null: the key does not exist. */
  final SortedMap<String, Version> reads = new TreeMap<>(Utf8Order.COMPARATOR);

  final SortedMap<String, PendingWrite> writes = new TreeMap<>(Utf8Order.COMPARATOR);
  final SortedMap<String, Map<String, byte[]>> metadataWrites = new TreeMap<>(Utf8Order.COMPARATOR);

  boolean hasWrites() {
    return !writes.isEmpty() || !metadataWrites.isEmpty();
  }

  CollectionHashedReadWriteSet buildHashed(String name) {
    HashedRWSet.Builder set = HashedRWSet.newBuilder();
    reads.forEach((key, version) -> set.addHashedReads(KvMessages.hashedRead(key, version)));
    writes.forEach((key, write) -> set.addHashedWrites(KvMessages.hashedWrite(key, write)));
    metadataWrites.forEach(
        (key, metadata) -> set.addMetadataWrites(KvMessages.hashedMetadataWrite(key, metadata)));
    CollectionHashedReadWriteSet.Builder built =
        CollectionHashedReadWriteSet.newBuilder()
            .setCollectionName(name)
            .setHashedRwset(set.build().toByteString());
    if (hasWrites()) {
      byte[] plaintext = buildPrivate().toByteArray();
      built.setPvtRwsetHash(UnsafeByteOperations.unsafeWrap(Sha256.of(plaintext)));
    }
    return built.build();
  }

  ByteString buildPrivate() {
    KVRWSet.Builder set = KVRWSet.newBuilder();
    writes.forEach((key, write) -> set.addWrites(KvMessages.write(key, write)));
    metadataWrites
        .keySet()
        .forEach(key -> set.addMetadataWrites(KvMessages.metadataWrite(key, Map.of())));
    return set.build().toByteString();
  }
}
