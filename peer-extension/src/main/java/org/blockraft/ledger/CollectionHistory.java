package org.blockraft.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;

/**
 * Explicit collection configurations of chaincodes by committing block.
 *
 * <p>Fabric: core/ledger/confighistory/mgr.go. One thread adds; reads are safe for any thread.
 */
public final class CollectionHistory {
  static final String FAMILY = "collections";

  private static final char KIND = 'c';

  private final KeyValueStore store;

  CollectionHistory(KeyValueStore store) {
    this.store = store;
  }

  /** A configuration and the block that committed it. */
  public record Entry(long committingBlock, CollectionConfigPackage collections) {}

  /** The most recent configuration committed below the given block. */
  public Optional<Entry> mostRecentBelow(long block, String chaincode) {
    byte[] from = StoreKey.of(KIND).text(chaincode).toBytes();
    byte[] end = StoreKey.of(KIND).text(chaincode).number(block).toBytes();
    try (KeyValueIterator newestFirst = store.iterator(FAMILY, from, end, true)) {
      if (!newestFirst.next()) {
        return Optional.empty();
      }
      StoreKey key = StoreKey.read(newestFirst.key());
      key.text();
      return Optional.of(
          new Entry(key.number(), CollectionConfigPackage.parseFrom(newestFirst.value())));
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("error unmarshalling compositeKV to collection config", e);
    }
  }

  void add(long block, String chaincode, CollectionConfigPackage collections, KeyValueBatch into) {
    into.put(
        FAMILY,
        StoreKey.of(KIND).text(chaincode).number(block).toBytes(),
        collections.toByteArray());
  }
}
