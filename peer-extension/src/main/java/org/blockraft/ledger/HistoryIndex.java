package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.blockraft.simulation.HistoryIterator;
import org.blockraft.simulation.HistoryReader;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.KeyValueIterator;
import org.blockraft.state.KeyValueStore;
import org.blockraft.validate.KeyReadWrites.KeyWrite;
import org.blockraft.validate.ParsedTransaction;
import org.blockraft.validate.ReadWriteSet;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.hyperledger.fabric.protos.ledger.queryresult.KeyModification;

/**
 * Which transactions wrote a public key: those that are valid and endorsed, deletes included. The
 * values stay in the block files.
 *
 * <p>Fabric: core/ledger/kvledger/history. One thread adds; reads are safe for any thread.
 */
final class HistoryIndex implements HistoryReader {
  static final String FAMILY = "history";

  private static final char KIND = 'k';

  private final KeyValueStore store;
  private final BiFunction<Long, Integer, ByteString> envelopes;

  /**
   * @param envelopes gives the envelope of a block number and transaction index
   */
  HistoryIndex(KeyValueStore store, BiFunction<Long, Integer, ByteString> envelopes) {
    this.store = store;
    this.envelopes = envelopes;
  }

  void add(long block, List<ParsedTransaction> transactions, byte[] flags, KeyValueBatch into) {
    byte[] nothing = {};
    for (int tx = 0; tx < flags.length; tx++) {
      if (flags[tx] != 0) {
        continue;
      }
      ReadWriteSet writes = transactions.get(tx).readWriteSet().orElse(null);
      if (writes == null) {
        continue;
      }
      for (NamespaceReadWrites namespace : writes.namespaces()) {
        for (KeyWrite write : namespace.keys().writes()) {
          into.put(
              FAMILY,
              prefix(namespace.namespace(), write.key()).number(block).index(tx).toBytes(),
              nothing);
        }
      }
    }
  }

  @Override
  public HistoryIterator history(String namespace, String key) {
    byte[] wanted = key.getBytes(StandardCharsets.UTF_8);
    StoreKey prefix = prefix(namespace, wanted);
    KeyValueIterator rows = store.iterator(FAMILY, prefix.toBytes(), prefix.end(), true);
    return new HistoryIterator() {
      @Override
      public KeyModification next() {
        if (!rows.next()) {
          return null;
        }
        StoreKey row = StoreKey.read(rows.key());
        row.text();
        row.bytes();
        return modification(namespace, wanted, row.number(), row.index());
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  private KeyModification modification(String namespace, byte[] key, long block, int tx) {
    ParsedTransaction transaction = ParsedTransaction.of(envelopes.apply(block, tx));
    for (NamespaceReadWrites writes : transaction.readWriteSet().orElseThrow().namespaces()) {
      if (!writes.namespace().equals(namespace)) {
        continue;
      }
      for (KeyWrite write : writes.keys().writes()) {
        if (Arrays.equals(write.key(), key)) {
          return modification(transaction, write);
        }
      }
      break;
    }
    throw new LedgerException(
        ("no namespace or key is found for namespace %s and key %s with decoded"
                + " blockNum %d and tranNum %d")
            .formatted(namespace, new String(key, StandardCharsets.UTF_8), block, tx));
  }

  private static KeyModification modification(ParsedTransaction transaction, KeyWrite write) {
    KeyModification.Builder modification =
        KeyModification.newBuilder()
            .setTxId(transaction.txId())
            .setValue(UnsafeByteOperations.unsafeWrap(write.value()))
            .setIsDelete(write.delete());
    transaction
        .timestamp()
        .ifPresent(
            at ->
                modification.setTimestamp(
                    Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano())));
    return modification.build();
  }

  private static StoreKey prefix(String namespace, byte[] key) {
    return StoreKey.of(KIND).text(namespace).bytes(key);
  }
}
