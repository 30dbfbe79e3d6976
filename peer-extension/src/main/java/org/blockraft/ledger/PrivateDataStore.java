package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;

/**
 * One channel's committed private write sets by (block, transaction, namespace, collection), and
 * what is missing. Unlike the rest of the channel's store it cannot be made again from the blocks.
 *
 * <p>Reads are safe for any thread; the committing thread writes.
 *
 * <p>Fabric: core/ledger/pvtdatastorage/store.go.
 */
public final class PrivateDataStore {
  static final String FAMILY = "private";

  static final char DATA = 'd';
  static final char EXPIRY = 'x';
  static final char MISSING = 'm';
  static final char KEYS = 'k';
  static final char PURGE = 'p';
  static final char PURGED = 'q';
  static final char PURGED_IN = 'c';
  static final int ELIGIBLE = 0;
  static final int INELIGIBLE = 2;

  private static final byte[] HEIGHT = {'H'};

  private final KeyValueStore store;
  private final CollectionConfigs configs;
  private volatile long height;

  PrivateDataStore(KeyValueStore store, CollectionConfigs configs) {
    this.store = store;
    this.configs = configs;
    byte[] stored = store.get(FAMILY, HEIGHT);
    this.height = stored == null ? 0 : ByteBuffer.wrap(stored).getLong();
  }

  /** Number of blocks whose private data, or lack of it, is recorded. */
  public long height() {
    return height;
  }

  /**
   * Write sets of a block's transactions in order, without expired and purged data.
   *
   * @throws LedgerException if the block is not recorded yet
   */
  public List<TxPrivateData> ofBlock(long block, CollectionFilter filter) {
    long recorded = height;
    if (recorded == 0) {
      throw new LedgerException("the store is empty");
    }
    if (Long.compareUnsigned(block, recorded) >= 0) {
      throw new LedgerException(
          "last committed block number [%d] smaller than the requested block number [%s]"
              .formatted(recorded - 1, Long.toUnsignedString(block)));
    }
    Map<Integer, Map<String, NsPvtReadWriteSet.Builder>> found = new TreeMap<>();
    StoreKey prefix = StoreKey.of(DATA).number(block);
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      while (rows.next()) {
        StoreKey key = StoreKey.read(rows.key());
        key.number();
        int tx = key.index();
        String namespace = key.name();
        String collection = key.name();
        ByteBuffer value = ByteBuffer.wrap(rows.value());
        if (Long.compareUnsigned(recorded - 1, value.getLong()) >= 0
            || !filter.passes(namespace, collection)) {
          continue;
        }
        ByteString writes = ByteString.copyFrom(value);
        found
            .computeIfAbsent(tx, t -> new TreeMap<>(org.blockraft.state.Utf8Order.COMPARATOR))
            .computeIfAbsent(namespace, name -> NsPvtReadWriteSet.newBuilder().setNamespace(name))
            .addCollectionPvtRwset(
                CollectionPvtReadWriteSet.newBuilder()
                    .setCollectionName(collection)
                    .setRwset(
                        withoutPurged(new Version(block, tx), namespace, collection, writes)));
      }
    }
    List<TxPrivateData> result = new ArrayList<>();
    found.forEach(
        (tx, namespaces) -> {
          TxPvtReadWriteSet.Builder set = TxPvtReadWriteSet.newBuilder();
          namespaces.values().forEach(set::addNsPvtRwset);
          result.add(new TxPrivateData(tx, set.build()));
        });
    return result;
  }

  private ByteString withoutPurged(
      Version written, String namespace, String collection, ByteString writes) {
    byte[] last =
        store.get(FAMILY, StoreKey.of(PURGED_IN).name(namespace).name(collection).toBytes());
    if (last == null || written.compareTo(version(last)) > 0) {
      return writes;
    }
    KVRWSet all = parse(writes);
    KVRWSet.Builder left = all.toBuilder().clearWrites();
    for (KVWrite write : all.getWritesList()) {
      byte[] hash = Hash.sha256(write.getKeyBytes());
      byte[] purged =
          store.get(
              FAMILY, StoreKey.of(PURGED).name(namespace).name(collection).bytes(hash).toBytes());
      if (purged == null || written.compareTo(version(purged)) > 0) {
        left.addWrites(write);
      }
    }
    return left.build().toByteString();
  }

  /**
   * What this peer should have of the most recent blocks, up to a number of blocks, and has not.
   */
  public List<MissingPrivateData> missing(int blocksMax) {
    List<MissingPrivateData> missing = new ArrayList<>();
    StoreKey prefix = StoreKey.of(MISSING).octet(ELIGIBLE);
    int blocks = 0;
    long lastBlock = -1;
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      while (rows.next()) {
        StoreKey key = StoreKey.read(rows.key());
        key.octet();
        long block = ~key.number();
        ByteBuffer value = ByteBuffer.wrap(rows.value());
        if (Long.compareUnsigned(height - 1, value.getLong()) >= 0) {
          continue;
        }
        if (block != lastBlock && ++blocks > blocksMax) {
          break;
        }
        lastBlock = block;
        String namespace = key.name();
        String collection = key.name();
        BitSet.valueOf(value).stream()
            .forEach(tx -> missing.add(new MissingPrivateData(block, tx, namespace, collection)));
      }
    }
    return missing;
  }

  /** The plain key of a hash, if any stored write set has it. */
  Optional<byte[]> plainKey(String namespace, String collection, byte[] keyHash) {
    StoreKey prefix = StoreKey.of(KEYS).name(namespace).name(collection).bytes(keyHash);
    try (KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), false)) {
      return rows.next() ? Optional.of(rows.value()) : Optional.empty();
    }
  }

  /** Adds what was found of a block, and the purges it contains, to the batch. */
  void add(
      long block,
      StateView state,
      CollectedPrivateData data,
      List<PurgeMarker> purges,
      KeyValueBatch into) {
    data.writeSets()
        .forEach(
            (tx, set) -> {
              for (NsPvtReadWriteSet namespace : set.getNsPvtRwsetList()) {
                for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
                  addWrites(block, tx, state, namespace.getNamespace(), collection, into);
                }
              }
            });
    addMissing(block, state, ELIGIBLE, data.eligibleMissing(), into);
    addMissing(block, state, INELIGIBLE, data.ineligible(), into);
    for (PurgeMarker purge : purges) {
      byte[] at = version(block, purge.tx());
      String namespace = purge.namespace();
      String collection = purge.collection();
      for (char kind : new char[] {PURGE, PURGED}) {
        into.put(
            FAMILY,
            StoreKey.of(kind).name(namespace).name(collection).bytes(purge.keyHash()).toBytes(),
            at);
      }
      into.put(FAMILY, StoreKey.of(PURGED_IN).name(namespace).name(collection).toBytes(), at);
    }
    into.put(FAMILY, HEIGHT, ByteBuffer.allocate(Long.BYTES).putLong(block + 1).array());
  }

  /** To be called when the batch with the given block is written. */
  void added(long block) {
    height = block + 1;
  }

  private void addWrites(
      long block,
      int tx,
      StateView state,
      String namespace,
      CollectionPvtReadWriteSet collection,
      KeyValueBatch into) {
    String name = collection.getCollectionName();
    long expiring = expiry(block, state, namespace, name, into);
    ByteString writes = collection.getRwset();
    into.put(
        FAMILY,
        StoreKey.of(DATA).number(block).index(tx).name(namespace).name(name).toBytes(),
        withExpiry(expiring, writes.toByteArray()));
    for (KVWrite write : parse(writes).getWritesList()) {
      into.put(
          FAMILY,
          keyRow(namespace, name, Hash.sha256(write.getKeyBytes()), block, tx),
          write.getKeyBytes().toByteArray());
    }
  }

  private void addMissing(
      long block,
      StateView state,
      int group,
      List<MissingPrivateData> missing,
      KeyValueBatch into) {
    Map<String, Map<String, BitSet>> transactions = new TreeMap<>();
    for (MissingPrivateData one : missing) {
      transactions
          .computeIfAbsent(one.namespace(), n -> new TreeMap<>())
          .computeIfAbsent(one.collection(), c -> new BitSet())
          .set(one.tx());
    }
    transactions.forEach(
        (namespace, collections) ->
            collections.forEach(
                (collection, bits) ->
                    into.put(
                        FAMILY,
                        missingRow(group, block, namespace, collection),
                        withExpiry(
                            expiry(block, state, namespace, collection, into),
                            bits.toByteArray()))));
  }

  private long expiry(
      long block, StateView state, String namespace, String collection, KeyValueBatch into) {
    long expiring = configs.expiringBlock(state, namespace, collection, block);
    if (expiring != CollectionConfigs.NEVER) {
      into.put(
          FAMILY,
          StoreKey.of(EXPIRY)
              .number(expiring)
              .number(block)
              .name(namespace)
              .name(collection)
              .toBytes(),
          new byte[0]);
    }
    return expiring;
  }

  static byte[] withExpiry(long expiring, byte[] value) {
    return ByteBuffer.allocate(Long.BYTES + value.length).putLong(expiring).put(value).array();
  }

  static byte[] missingRow(int group, long block, String namespace, String collection) {
    return StoreKey.of(MISSING)
        .octet(group)
        .number(~block)
        .name(namespace)
        .name(collection)
        .toBytes();
  }

  static byte[] keyRow(String namespace, String collection, byte[] hash, long block, int tx) {
    return StoreKey.of(KEYS)
        .name(namespace)
        .name(collection)
        .bytes(hash)
        .number(block)
        .index(tx)
        .toBytes();
  }

  static KVRWSet parse(ByteString writes) {
    try {
      return KVRWSet.parseFrom(writes);
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("a stored private write set does not parse", e);
    }
  }

  static byte[] version(long block, int tx) {
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(block).putInt(tx).array();
  }

  static Version version(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    return new Version(in.getLong(), in.getInt());
  }

  static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }
}
