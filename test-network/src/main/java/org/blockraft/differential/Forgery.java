package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionHashedReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.HashedRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWriteHash;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRead;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVReadHash;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWriteHash;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.QueryReads;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.QueryReadsMerkleSummary;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.Version;

/**
 * Read-write sets that no simulation gives, but that peers can be made to sign. Hashes for an
 * undefined collection are not among them: a stock peer's process ends over them.
 */
enum Forgery {
  READ_OF_ANOTHER_VERSION(
      (s, r) -> put(s, "probe", KVRWSet.newBuilder().addReads(read(key(r), 1, 1)).build())),
  READ_OF_NOTHING(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addReads(KVRead.newBuilder().setKey("never"))
                  .addWrites(write(key(r), "read of nothing"))
                  .build())),
  READ_WITH_EMPTY_VERSION(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addReads(
                      KVRead.newBuilder().setKey("never").setVersion(Version.getDefaultInstance()))
                  .build())),
  READ_TWICE(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addReads(KVRead.newBuilder().setKey("never"))
                  .addReads(read("never", 1, 0))
                  .build())),
  WRITE_TWICE(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addWrites(write("twice", "one"))
                  .addWrites(write("twice", "two"))
                  .addWrites(KVWrite.newBuilder().setKey("twice2").setIsDelete(true))
                  .addWrites(write("twice2", "three"))
                  .build())),
  UNSORTED_WRITES(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addWrites(write("zz", "z"))
                  .addWrites(write("aa", "a"))
                  .addWrites(write("mm" + r.nextInt(5), "m"))
                  .build())),
  EMPTY_KEY((s, r) -> put(s, "probe", KVRWSet.newBuilder().addWrites(write("", "v")).build())),
  EMPTY_VALUE((s, r) -> put(s, "probe", KVRWSet.newBuilder().addWrites(write("e", "")).build())),
  DELETE_WITH_VALUE(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addWrites(
                      KVWrite.newBuilder()
                          .setKey(key(r))
                          .setIsDelete(true)
                          .setValue(ByteString.copyFromUtf8("kept?")))
                  .build())),
  UNDEFINED_NAMESPACE((s, r) -> put(s, "undefined", oneWrite())),
  UNDEFINED_NAMESPACE_READ(
      (s, r) ->
          put(
              s,
              "undefined",
              KVRWSet.newBuilder().addReads(KVRead.newBuilder().setKey("k")).build())),
  TWO_NAMESPACES(
      (s, r) -> {
        put(s, "probe", oneWrite());
        add(s, "other", oneWrite());
      }),
  SAME_NAMESPACE_TWICE(
      (s, r) -> {
        put(s, "probe", oneWrite());
        add(s, "probe", KVRWSet.newBuilder().addWrites(write(key(r), "second")).build());
      }),
  EMPTY_NAMESPACE((s, r) -> put(s, "", oneWrite())),
  LIFECYCLE_WRITE((s, r) -> put(s, "_lifecycle", oneWrite())),
  LSCC_WRITE((s, r) -> put(s, "lscc", oneWrite())),
  QSCC_WRITE((s, r) -> put(s, "qscc", oneWrite())),
  NAMESPACE_WITH_SEPARATOR((s, r) -> put(s, "probe$$hshared", oneWrite())),
  UNREADABLE_NAMESPACE(
      (s, r) ->
          s.clearNsRwset()
              .addNsRwset(
                  NsReadWriteSet.newBuilder()
                      .setNamespace("probe")
                      .setRwset(ByteString.copyFrom(new byte[] {10, 100, 1})))),
  OTHER_DATA_MODEL((s, r) -> s.setDataModelValue(5)),
  METADATA_ONLY(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addMetadataWrites(metadata("nowhere", "some", "thing"))
                  .build())),
  METADATA_OTHER_NAME(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addWrites(write("annotated", "v" + r.nextInt(3)))
                  .addMetadataWrites(metadata("annotated", "note", "n" + r.nextInt(3)))
                  .build())),
  METADATA_DELETE(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addMetadataWrites(KVMetadataWrite.newBuilder().setKey("annotated"))
                  .build())),
  RANGE_MISSED(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addRangeQueriesInfo(
                      RangeQueryInfo.newBuilder()
                          .setStartKey("k")
                          .setEndKey("l")
                          .setItrExhausted(true)
                          .setRawReads(QueryReads.newBuilder().addKvReads(read("k00", 3, 0))))
                  .build())),
  RANGE_EMPTY(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addRangeQueriesInfo(
                      RangeQueryInfo.newBuilder()
                          .setStartKey("never")
                          .setEndKey("never2")
                          .setItrExhausted(r.nextBoolean())
                          .setRawReads(QueryReads.getDefaultInstance()))
                  .addWrites(write(key(r), "empty range"))
                  .build())),
  RANGE_SUMMARY(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addRangeQueriesInfo(
                      RangeQueryInfo.newBuilder()
                          .setStartKey("k")
                          .setEndKey("l")
                          .setItrExhausted(true)
                          .setReadsMerkleHashes(
                              QueryReadsMerkleSummary.newBuilder()
                                  .setMaxDegree(50)
                                  .setMaxLevel(1)
                                  .addMaxLevelHashes(ByteString.copyFromUtf8("hash"))))
                  .build())),
  RANGE_WITHOUT_READS(
      (s, r) ->
          put(
              s,
              "probe",
              KVRWSet.newBuilder()
                  .addRangeQueriesInfo(
                      RangeQueryInfo.newBuilder().setStartKey("k").setEndKey("k01"))
                  .build())),
  HASHED_WRITE((s, r) -> hashed(s, "shared", hashes(r))),
  HASHED_READ(
      (s, r) ->
          hashed(
              s,
              "shared",
              HashedRWSet.newBuilder()
                  .addHashedReads(
                      KVReadHash.newBuilder()
                          .setKeyHash(hash("never"))
                          .setVersion(Version.newBuilder().setBlockNum(r.nextInt(2))))
                  .build())),
  HASHED_METADATA(
      (s, r) ->
          hashed(
              s,
              "shared",
              HashedRWSet.newBuilder()
                  .addMetadataWrites(
                      KVMetadataWriteHash.newBuilder()
                          .setKeyHash(hash("p1"))
                          .addEntries(entry("note", "x")))
                  .build())),
  HASHED_PURGE(
      (s, r) ->
          hashed(
              s,
              "shared",
              HashedRWSet.newBuilder()
                  .addHashedWrites(KVWriteHash.newBuilder().setKeyHash(hash("p2")).setIsPurge(true))
                  .build())),
  NO_NAMESPACES((s, r) -> s.clearNsRwset());

  private static final int KEYS = 40;

  @SuppressWarnings("ImmutableEnumChecker") // the lambdas hold nothing
  private final BiConsumer<TxReadWriteSet.Builder, Random> change;

  Forgery(BiConsumer<TxReadWriteSet.Builder, Random> change) {
    this.change = change;
  }

  /** Replaces what the transaction read and wrote, and endorses it again. */
  void apply(TransactionBuilder transaction, Parties parties, Random random) {
    transaction
        .bendReadWriteSet(set -> change.accept(set, random))
        .endorse(List.of(parties.peer1(), parties.peer2()));
  }

  private static String key(Random random) {
    return "k%02d".formatted(random.nextInt(KEYS));
  }

  private static KVRead read(String key, long block, long tx) {
    return KVRead.newBuilder()
        .setKey(key)
        .setVersion(Version.newBuilder().setBlockNum(block).setTxNum(tx))
        .build();
  }

  private static KVWrite write(String key, String value) {
    return KVWrite.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build();
  }

  private static KVMetadataEntry entry(String name, String value) {
    return KVMetadataEntry.newBuilder()
        .setName(name)
        .setValue(ByteString.copyFromUtf8(value))
        .build();
  }

  private static KVMetadataWrite metadata(String key, String name, String value) {
    return KVMetadataWrite.newBuilder().setKey(key).addEntries(entry(name, value)).build();
  }

  private static KVRWSet oneWrite() {
    return KVRWSet.newBuilder().addWrites(write("forged", "value")).build();
  }

  private static ByteString hash(String text) {
    try {
      return ByteString.copyFrom(
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HashedRWSet hashes(Random random) {
    return HashedRWSet.newBuilder()
        .addHashedWrites(
            KVWriteHash.newBuilder()
                .setKeyHash(hash("p" + random.nextInt(KEYS)))
                .setValueHash(hash("forged")))
        .build();
  }

  private static void put(TxReadWriteSet.Builder set, String namespace, KVRWSet content) {
    set.clearNsRwset();
    add(set, namespace, content);
  }

  private static void add(TxReadWriteSet.Builder set, String namespace, KVRWSet content) {
    set.addNsRwset(
        NsReadWriteSet.newBuilder().setNamespace(namespace).setRwset(content.toByteString()));
  }

  private static void hashed(TxReadWriteSet.Builder set, String collection, HashedRWSet content) {
    set.clearNsRwset()
        .addNsRwset(
            NsReadWriteSet.newBuilder()
                .setNamespace("probe")
                .addCollectionHashedRwset(
                    CollectionHashedReadWriteSet.newBuilder()
                        .setCollectionName(collection)
                        .setHashedRwset(content.toByteString())
                        .setPvtRwsetHash(hash("absent"))));
  }
}
