package org.blockraft.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.blockraft.state.Utf8Order;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;

/** Reads and writes of one namespace. */
final class NamespaceReadWrites {

  /** Versions may be null: the key does not exist. */
  final SortedMap<String, Version> reads = new TreeMap<>(Utf8Order.COMPARATOR);

  final SortedMap<String, PendingWrite> writes = new TreeMap<>(Utf8Order.COMPARATOR);
  final SortedMap<String, Map<String, byte[]>> metadataWrites = new TreeMap<>(Utf8Order.COMPARATOR);
  final SortedMap<String, CollectionReadWrites> collections = new TreeMap<>(Utf8Order.COMPARATOR);
  private final Map<RangeKey, RangeQueryInfo> rangeQueries = new LinkedHashMap<>();

  private record RangeKey(String start, String end, boolean exhausted) {}

  void rangeQuery(RangeQueryInfo query) {
    rangeQueries.putIfAbsent(
        new RangeKey(query.getStartKey(), query.getEndKey(), query.getItrExhausted()), query);
  }

  NsReadWriteSet build(String name) {
    KVRWSet.Builder set = KVRWSet.newBuilder();
    reads.forEach((key, version) -> set.addReads(KvMessages.read(key, version)));
    rangeQueries.values().forEach(set::addRangeQueriesInfo);
    writes.forEach((key, write) -> set.addWrites(KvMessages.write(key, write)));
    metadataWrites.forEach(
        (key, metadata) -> set.addMetadataWrites(KvMessages.metadataWrite(key, metadata)));
    NsReadWriteSet.Builder built =
        NsReadWriteSet.newBuilder().setNamespace(name).setRwset(set.build().toByteString());
    collections.forEach(
        (collection, entries) -> built.addCollectionHashedRwset(entries.buildHashed(collection)));
    return built.build();
  }
}
