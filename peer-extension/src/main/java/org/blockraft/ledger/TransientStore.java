package org.blockraft.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;

/**
 * One channel's private write sets of transactions that are endorsed and not yet committed. Safe
 * for any thread.
 *
 * <p>Fabric: core/transientstore/store.go.
 */
public final class TransientStore {
  static final String FAMILY = "transient";

  private static final char BY_TRANSACTION = 't';
  private static final char BY_HEIGHT = 'h';

  private final KeyValueStore store;
  private final String channelId;

  TransientStore(KeyValueStore store, String channelId) {
    this.store = store;
    this.channelId = channelId;
  }

  /** Durable on return. Several write sets may be stored for one transaction id. */
  public void persist(String txId, long height, TxPvtReadWriteSetWithConfigInfo privateData) {
    UUID unique = UUID.randomUUID();
    byte[] distinct =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(unique.getMostSignificantBits())
            .putLong(unique.getLeastSignificantBits())
            .array();
    try (KeyValueBatch batch = store.batch()) {
      batch.put(FAMILY, dataKey(txId, height, distinct), privateData.toByteArray());
      batch.put(FAMILY, heightKey(height, txId, distinct), new byte[0]);
      store.write(batch, true);
    }
  }

  /** All write sets stored for a transaction id, oldest height first. */
  public List<TransientEntry> byTxId(String txId) {
    List<TransientEntry> entries = new ArrayList<>();
    StoreKey prefix = dataPrefix(txId);
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      while (rows.next()) {
        StoreKey key = StoreKey.read(rows.key());
        key.text();
        key.text();
        entries.add(
            new TransientEntry(
                key.number(), TxPvtReadWriteSetWithConfigInfo.parseFrom(rows.value())));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("a write set in the transient store does not parse", e);
    }
    return entries;
  }

  /** Removes everything stored for the transaction ids. */
  public void purgeByTxIds(Collection<String> txIds) {
    try (KeyValueBatch batch = store.batch()) {
      for (String txId : txIds) {
        StoreKey prefix = dataPrefix(txId);
        try (KeyValueIterator rows =
            store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
          while (rows.next()) {
            StoreKey key = StoreKey.read(rows.key());
            key.text();
            key.text();
            batch.delete(FAMILY, rows.key());
            batch.delete(FAMILY, heightKey(key.number(), txId, key.bytes()));
          }
        }
      }
      store.write(batch, false);
    }
  }

  /** Removes what was received below the given height. */
  public void purgeBelowHeight(long height) {
    byte[] end = heightPrefix().number(height).toBytes();
    try (KeyValueBatch batch = store.batch();
        KeyValueIterator rows = store.iterator(FAMILY, heightPrefix().toBytes(), end, false)) {
      while (rows.next()) {
        StoreKey key = StoreKey.read(rows.key());
        key.text();
        long received = key.number();
        String txId = key.text();
        batch.delete(FAMILY, rows.key());
        batch.delete(FAMILY, dataKey(txId, received, key.bytes()));
      }
      store.write(batch, false);
    }
  }

  /** The lowest height of what is stored; empty if nothing is. */
  public OptionalLong lowestHeight() {
    try (KeyValueIterator rows =
        store.iterator(FAMILY, heightPrefix().toBytes(), heightPrefix().end(), false)) {
      if (!rows.next()) {
        return OptionalLong.empty();
      }
      StoreKey key = StoreKey.read(rows.key());
      key.text();
      return OptionalLong.of(key.number());
    }
  }

  /** Removes everything of the channel. */
  void drop() {
    try (KeyValueBatch batch = store.batch()) {
      for (char kind : new char[] {BY_TRANSACTION, BY_HEIGHT}) {
        StoreKey prefix = StoreKey.of(kind).text(channelId);
        batch.deleteRange(FAMILY, prefix.toBytes(), prefix.end());
      }
      store.write(batch, true);
    }
  }

  private StoreKey dataPrefix(String txId) {
    return StoreKey.of(BY_TRANSACTION).text(channelId).text(txId);
  }

  private byte[] dataKey(String txId, long height, byte[] distinct) {
    return dataPrefix(txId).number(height).bytes(distinct).toBytes();
  }

  private StoreKey heightPrefix() {
    return StoreKey.of(BY_HEIGHT).text(channelId);
  }

  private byte[] heightKey(long height, String txId, byte[] distinct) {
    return heightPrefix().number(height).text(txId).bytes(distinct).toBytes();
  }
}
