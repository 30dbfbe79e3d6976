package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from the private data store what has expired and what transactions have purged, and moves
 * missing data to the eligible ones when this peer becomes a member. Owned by the committing
 * thread; what it has not yet deleted is not shown by the store either.
 *
 * <p>Fabric: core/ledger/pvtdatastorage/store.go purgeExpiredData, deleteDataMarkedForPurge,
 * processCollElgEvents.
 */
final class PrivateDataCleaner {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateDataCleaner.class);
  private static final String FAMILY = PrivateDataStore.FAMILY;

  /** Bounds the memory of one batch; stock uses the same size. */
  private static final long BATCH_BYTES_MAX = 4L << 20;

  private final KeyValueStore store;
  private final String channelId;

  PrivateDataCleaner(KeyValueStore store, String channelId) {
    this.store = store;
    this.channelId = channelId;
  }

  /** Deletes what expires up to the given committed block, and what is marked for purge. */
  void clean(long lastBlock) {
    int expired = deleteExpired(lastBlock);
    if (expired > 0) {
      LOG.info(
          "[{}] Expired keys removed from private data storage numExpired={} blockNum={}",
          channelId,
          expired,
          lastBlock);
    }
    int purged = deletePurged();
    if (purged > 0) {
      LOG.info(
          "[{}] Purged private data from private data storage numKeysPurged={}", channelId, purged);
    }
  }

  private int deleteExpired(long lastBlock) {
    byte[] from = StoreKey.of(PrivateDataStore.EXPIRY).toBytes();
    byte[] end = StoreKey.of(PrivateDataStore.EXPIRY).number(lastBlock + 1).toBytes();
    int expired = 0;
    try (KeyValueBatch batch = store.batch();
        KeyValueIterator due = store.iterator(FAMILY, from, end, false)) {
      while (due.next()) {
        StoreKey row = StoreKey.read(due.key());
        row.number();
        long block = row.number();
        deleteCollection(block, row.name(), row.name(), batch);
        batch.delete(FAMILY, due.key());
        expired++;
        writeIfLarge(batch);
      }
      store.write(batch, false);
    }
    return expired;
  }

  private void deleteCollection(
      long block, String namespace, String collection, KeyValueBatch batch) {
    StoreKey prefix = StoreKey.of(PrivateDataStore.DATA).number(block);
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      while (rows.next()) {
        StoreKey key = StoreKey.read(rows.key());
        key.number();
        int tx = key.index();
        if (!key.name().equals(namespace) || !key.name().equals(collection)) {
          continue;
        }
        batch.delete(FAMILY, rows.key());
        for (KVWrite write : writes(rows.value()).getWritesList()) {
          byte[] hash = Hash.sha256(write.getKeyBytes());
          batch.delete(FAMILY, PrivateDataStore.keyRow(namespace, collection, hash, block, tx));
        }
      }
    }
    for (int group = PrivateDataStore.ELIGIBLE; group <= PrivateDataStore.INELIGIBLE; group++) {
      batch.delete(FAMILY, PrivateDataStore.missingRow(group, block, namespace, collection));
    }
  }

  private int deletePurged() {
    StoreKey prefix = StoreKey.of(PrivateDataStore.PURGE);
    int purged = 0;
    try (KeyValueBatch batch = store.batch();
        KeyValueIterator marks = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      Map<ByteString, KVRWSet.Builder> trimmed = new HashMap<>();
      Map<ByteString, Long> expiries = new HashMap<>();
      while (marks.next()) {
        StoreKey mark = StoreKey.read(marks.key());
        purgeKey(
            mark.name(),
            mark.name(),
            mark.bytes(),
            PrivateDataStore.version(marks.value()),
            new Trimmed(trimmed, expiries, batch));
        batch.delete(FAMILY, marks.key());
        purged++;
      }
      trimmed.forEach(
          (row, left) ->
              batch.put(
                  FAMILY,
                  row.toByteArray(),
                  PrivateDataStore.withExpiry(expiries.get(row), left.build().toByteArray())));
      store.write(batch, true);
    }
    return purged;
  }

  /** Write sets being cut, by their row, and the batch the changes go to. */
  private record Trimmed(
      Map<ByteString, KVRWSet.Builder> writeSets,
      Map<ByteString, Long> expiries,
      KeyValueBatch batch) {}

  private void purgeKey(
      String namespace, String collection, byte[] hash, Version upTo, Trimmed into) {
    StoreKey prefix = StoreKey.of(PrivateDataStore.KEYS);
    prefix.name(namespace).name(collection).bytes(hash);
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      while (rows.next()) {
        StoreKey row = StoreKey.read(rows.key());
        row.name();
        row.name();
        row.bytes();
        long block = row.number();
        int tx = row.index();
        if (new Version(block, tx).compareTo(upTo) > 0) {
          break;
        }
        into.batch().delete(FAMILY, rows.key());
        byte[] data =
            StoreKey.of(PrivateDataStore.DATA)
                .number(block)
                .index(tx)
                .name(namespace)
                .name(collection)
                .toBytes();
        cut(data, rows.value(), into);
      }
    }
  }

  private void cut(byte[] row, byte[] key, Trimmed into) {
    ByteString name = ByteString.copyFrom(row);
    KVRWSet.Builder left = into.writeSets().get(name);
    if (left == null) {
      byte[] value = store.get(FAMILY, row);
      if (value == null) {
        return;
      }
      into.expiries().put(name, ByteBuffer.wrap(value).getLong());
      left = writes(value).toBuilder();
      into.writeSets().put(name, left);
    }
    for (int i = 0; i < left.getWritesCount(); i++) {
      if (Arrays.equals(left.getWrites(i).getKeyBytes().toByteArray(), key)) {
        left.removeWrites(i);
        return;
      }
    }
  }

  /** Moves a collection's missing data of earlier blocks from ineligible to eligible. */
  void becomeMember(long committingBlock, String namespace, String collection) {
    StoreKey prefix = StoreKey.of(PrivateDataStore.MISSING).octet(PrivateDataStore.INELIGIBLE);
    Map<Long, byte[]> moved = new TreeMap<>();
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      while (rows.next()) {
        StoreKey key = StoreKey.read(rows.key());
        key.octet();
        long block = ~key.number();
        if (key.name().equals(namespace) && key.name().equals(collection)) {
          moved.put(block, rows.value());
        }
      }
    }
    try (KeyValueBatch batch = store.batch()) {
      moved.forEach(
          (block, value) -> {
            batch.delete(
                FAMILY,
                PrivateDataStore.missingRow(
                    PrivateDataStore.INELIGIBLE, block, namespace, collection));
            batch.put(
                FAMILY,
                PrivateDataStore.missingRow(
                    PrivateDataStore.ELIGIBLE, block, namespace, collection),
                value);
          });
      store.write(batch, true);
    }
    LOG.info(
        "[{}] Converted all [{}] entries for [ns={}, coll={}] at block {}",
        channelId,
        moved.size(),
        namespace,
        collection,
        committingBlock);
  }

  private void writeIfLarge(KeyValueBatch batch) {
    if (batch.sizeBytes() > BATCH_BYTES_MAX) {
      store.write(batch, false);
      batch.clear();
    }
  }

  private static KVRWSet writes(byte[] value) {
    return PrivateDataStore.parse(
        ByteString.copyFrom(value, Long.BYTES, value.length - Long.BYTES));
  }
}
