package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateView;
import org.blockraft.state.Version;
import org.blockraft.state.VersionedValue;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;

/**
 * Simulates one transaction on the committed state of one height and records what it reads and
 * writes. Reads never see the transaction's own writes.
 *
 * <p>Thread-safe by its own lock, since a time-out may close it while a chaincode still reads. Owns
 * the view and closes it. Every step throws {@link SimulationException} with Fabric's text if
 * Fabric refuses it. See Fabric's {@code
 * core/ledger/kvledger/txmgmt/txmgr/{tx_simulator,query_executor}.go}.
 */
public final class TransactionSimulator implements AutoCloseable {

  private final StateView view;
  private final String txId;
  private final SimulationSettings settings;
  private final CollectionNames collections;
  private final HistoryReader history;
  private final ReadWriteSetBuilder readWrites = new ReadWriteSetBuilder();
  private final WrittenKeys writtenKeys = new WrittenKeys();
  private final Set<CollectionName> privateReads = new LinkedHashSet<>();
  private final List<RangeResults> ranges = new ArrayList<>();
  private boolean writePerformed;
  private boolean privateQueryPerformed;
  private boolean paginatedQueryPerformed;
  private boolean resultComputed;
  private boolean closed;

  /**
   * Begins a simulation.
   *
   * @param view state to read, closed with this simulator
   * @param collections where collections are looked up
   * @param history past values, null if the history database is disabled
   */
  public TransactionSimulator(
      StateView view,
      String txId,
      SimulationSettings settings,
      CollectionDirectory collections,
      HistoryReader history) {
    this.view = view;
    this.txId = txId;
    this.settings = settings;
    this.collections = new CollectionNames(collections);
    this.history = history;
  }

  /** Id of the simulated transaction. */
  public String txId() {
    return txId;
  }

  /** Settings of the simulation. */
  public SimulationSettings settings() {
    return settings;
  }

  /** Number of blocks in the state that is read. */
  public long height() {
    return view.height();
  }

  /** The committed value, or null; recorded as a read. */
  public synchronized byte[] getState(String namespace, String key) {
    return value(readState(namespace, key));
  }

  /** The committed values in the order of the keys, null where there is none; recorded as reads. */
  public synchronized List<byte[]> getStateMultipleKeys(String namespace, List<String> keys) {
    checkOpen();
    List<byte[]> values = new ArrayList<>(keys.size());
    VersionedValue[] found = view.getAll(stateKeys(namespace, keys));
    for (int i = 0; i < found.length; i++) {
      readWrites.read(namespace, keys.get(i), version(found[i]));
      values.add(value(found[i]));
    }
    return values;
  }

  /** Committed metadata by name, empty if there is none; recorded as a read of the key. */
  public synchronized Map<String, byte[]> getStateMetadata(String namespace, String key) {
    return metadata(readState(namespace, key));
  }

  /** Writes a key; an empty value deletes it. */
  public synchronized void setState(String namespace, String key, byte[] value) {
    checkWrite();
    readWrites.write(namespace, key, value);
    noteWritten(namespace, "", key, namespace, bytes(key));
  }

  /** Deletes a key. */
  public synchronized void deleteState(String namespace, String key) {
    setState(namespace, key, null);
  }

  /** Replaces all metadata of a key; null or empty deletes it. */
  public synchronized void setStateMetadata(
      String namespace, String key, Map<String, byte[]> metadata) {
    checkWrite();
    readWrites.writeMetadata(namespace, key, metadata);
    noteWritten(namespace, "", key, namespace, bytes(key));
  }

  /** Deletes all metadata of a key. */
  public synchronized void deleteStateMetadata(String namespace, String key) {
    setStateMetadata(namespace, key, null);
  }

  /** Rows from start (included) to end (excluded); empty bounds are open. Recorded. */
  public synchronized RangeResults getStateRange(String namespace, String start, String end) {
    checkOpen();
    return openRange(namespace, start, end, 0);
  }

  /** As {@link #getStateRange}, at most pageSize rows. The transaction must not write. */
  public synchronized RangeResults getStateRangePaginated(
      String namespace, String start, String end, int pageSize) {
    checkPaginatedQuery();
    checkOpen();
    return openRange(namespace, start, end, pageSize);
  }

  /** Rich query: this state database has none. */
  public synchronized RangeResults executeQuery(String namespace, String query) {
    checkOpen();
    throw new SimulationException("ExecuteQuery not supported for leveldb");
  }

  /** Rich query with pages: this state database has none. */
  public synchronized RangeResults executeQueryPaginated(
      String namespace, String query, String bookmark, int pageSize) {
    checkPaginatedQuery();
    checkOpen();
    throw new SimulationException("ExecuteQueryWithMetadata not supported for leveldb");
  }

  /** Rich query on private data: this state database has none. */
  public synchronized RangeResults executePrivateDataQuery(
      String namespace, String collection, String query) {
    checkPrivateQuery();
    checkCollection(namespace, collection);
    checkOpen();
    throw new SimulationException("ExecuteQuery not supported for leveldb");
  }

  /** The committed private value, or null; refused if this peer lacks the committed version. */
  public synchronized byte[] getPrivateData(String namespace, String collection, String key) {
    checkCollection(namespace, collection);
    checkOpen();
    VersionedValue[] found =
        view.getAll(
            List.of(
                StateKey.of(Namespaces.pvt(namespace, collection), key),
                new StateKey(Namespaces.hashed(namespace, collection), Sha256.of(key))));
    Version version = version(found[0]);
    Version committed = version(found[1]);
    if (!Objects.equals(version, committed)) {
      throw new SimulationException(
          "private data matching public hash version is not available. Public hash version = "
              + Version.text(committed)
              + ", Private data version = "
              + Version.text(version));
    }
    readWrites.readPrivate(namespace, collection, key, version);
    privateReads.add(new CollectionName(namespace, collection));
    return value(found[0]);
  }

  /**
   * The private values in the order of the keys, null where there is none. As in stock the version
   * is not compared with the hash.
   */
  public synchronized List<byte[]> getPrivateDataMultipleKeys(
      String namespace, String collection, List<String> keys) {
    checkCollection(namespace, collection);
    checkOpen();
    List<byte[]> values = new ArrayList<>(keys.size());
    VersionedValue[] found = view.getAll(stateKeys(Namespaces.pvt(namespace, collection), keys));
    for (int i = 0; i < found.length; i++) {
      readWrites.readPrivate(namespace, collection, keys.get(i), version(found[i]));
      privateReads.add(new CollectionName(namespace, collection));
      values.add(value(found[i]));
    }
    return values;
  }

  /** SHA-256 of the committed private value, or null; known on every peer. */
  public synchronized byte[] getPrivateDataHash(String namespace, String collection, String key) {
    return value(readHash(namespace, collection, key));
  }

  /** Committed metadata of a private key, empty if there is none; known on every peer. */
  public synchronized Map<String, byte[]> getPrivateDataMetadata(
      String namespace, String collection, String key) {
    return metadata(readHash(namespace, collection, key));
  }

  /** Refused: the read could not be recorded. */
  public synchronized Map<String, byte[]> getPrivateDataMetadataByHash(
      String namespace, String collection, byte[] keyHash) {
    checkCollection(namespace, collection);
    checkOpen();
    throw new SimulationException(
        "retrieving private data metadata by keyhash is not supported in simulation. This function"
            + " is only available for query as yet");
  }

  /** Rows of private data; not recorded, so the transaction must not write. */
  public synchronized RangeResults getPrivateDataRange(
      String namespace, String collection, String start, String end) {
    checkPrivateQuery();
    checkCollection(namespace, collection);
    checkOpen();
    RangeResults results =
        RangeResults.unrecorded(
            this,
            namespace,
            view.range(Namespaces.pvt(namespace, collection), bytes(start), bytes(end)));
    ranges.add(results);
    return results;
  }

  /** Writes a private key; an empty value deletes it. */
  public synchronized void setPrivateData(
      String namespace, String collection, String key, byte[] value) {
    checkCollection(namespace, collection);
    checkWrite();
    readWrites.writePrivate(namespace, collection, key, value);
    notePrivateWritten(namespace, collection, key);
  }

  /** Deletes a private key. */
  public synchronized void deletePrivateData(String namespace, String collection, String key) {
    setPrivateData(namespace, collection, key, null);
  }

  /** Deletes a private key and all its past values. */
  public synchronized void purgePrivateData(String namespace, String collection, String key) {
    checkCollection(namespace, collection);
    checkWrite();
    readWrites.purgePrivate(namespace, collection, key);
    notePrivateWritten(namespace, collection, key);
  }

  /** Replaces all metadata of a private key; null or empty deletes it. */
  public synchronized void setPrivateDataMetadata(
      String namespace, String collection, String key, Map<String, byte[]> metadata) {
    checkCollection(namespace, collection);
    checkWrite();
    readWrites.writePrivateMetadata(namespace, collection, key, metadata);
    notePrivateWritten(namespace, collection, key);
  }

  /** Deletes all metadata of a private key. */
  public synchronized void deletePrivateDataMetadata(
      String namespace, String collection, String key) {
    setPrivateDataMetadata(namespace, collection, key, null);
  }

  /** Past values of a public key; not recorded. The caller closes the iterator. */
  public HistoryIterator getHistoryForKey(String namespace, String key) {
    if (history == null) {
      throw new SimulationException("history database is not enabled");
    }
    return history.history(namespace, key);
  }

  /** The outcome. May be asked for once; reading goes on afterwards, without effect on it. */
  public synchronized SimulationResult result() {
    if (resultComputed) {
      throw new SimulationException(
          "this function should only be called once on a transaction simulator instance");
    }
    resultComputed = true;
    for (RangeResults range : ranges) {
      RangeQueryInfo query = range.record();
      if (query != null) {
        readWrites.rangeQuery(range.namespace(), query);
      }
    }
    ByteString publicRwset = readWrites.buildPublic().toByteString();
    TxPvtReadWriteSet privateRwset = readWrites.buildPrivate();
    SimulationFacts facts =
        new SimulationFacts(readWrites.namespaces(), writtenKeys.all(), Set.copyOf(privateReads));
    return new SimulationResult(publicRwset, privateRwset, facts, view.height());
  }

  /** Ends the simulation with its open queries, and gives the view back. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ranges.forEach(RangeResults::close);
      view.close();
    }
  }

  private VersionedValue readState(String namespace, String key) {
    checkOpen();
    VersionedValue found = view.get(namespace, bytes(key));
    readWrites.read(namespace, key, version(found));
    return found;
  }

  private VersionedValue readHash(String namespace, String collection, String key) {
    checkCollection(namespace, collection);
    checkOpen();
    VersionedValue found = view.get(Namespaces.hashed(namespace, collection), Sha256.of(key));
    readWrites.readPrivate(namespace, collection, key, version(found));
    return found;
  }

  private RangeResults openRange(String namespace, String start, String end, int pageSize) {
    RangeResults results =
        RangeResults.recorded(
            this, namespace, start, end, pageSize, view.range(namespace, bytes(start), bytes(end)));
    ranges.add(results);
    return results;
  }

  private void notePrivateWritten(String namespace, String collection, String key) {
    noteWritten(
        namespace, collection, key, Namespaces.hashed(namespace, collection), Sha256.of(key));
  }

  /** Notes the key with its committed metadata, which is not recorded as a read. */
  private void noteWritten(
      String namespace, String collection, String key, String stateNamespace, byte[] stateKey) {
    if (!writtenKeys.contains(namespace, collection, key)) {
      VersionedValue found =
          view.mayHaveMetadata(stateNamespace) ? view.get(stateNamespace, stateKey) : null;
      writtenKeys.add(namespace, collection, key, metadata(found));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new SimulationException("this instance should not be used after calling Done()");
    }
  }

  private void checkCollection(String namespace, String collection) {
    collections.check(namespace, collection, this);
  }

  private void checkWrite() {
    checkOpen();
    if (privateQueryPerformed) {
      throw refused(
          "Transaction has already performed queries on pvt data. Writes are not allowed");
    }
    if (paginatedQueryPerformed) {
      throw refused("Transaction has already performed a paginated query. Writes are not allowed");
    }
    writePerformed = true;
  }

  private void checkPrivateQuery() {
    if (writePerformed) {
      throw refused("Queries on pvt data is supported only in a read-only transaction");
    }
    privateQueryPerformed = true;
  }

  private void checkPaginatedQuery() {
    if (writePerformed) {
      throw refused("Paginated queries are supported only in a read-only transaction");
    }
    paginatedQueryPerformed = true;
  }

  private SimulationException refused(String why) {
    return new SimulationException("txid [" + txId + "]: unsuppored transaction. " + why);
  }

  private static List<StateKey> stateKeys(String namespace, List<String> keys) {
    List<StateKey> stateKeys = new ArrayList<>(keys.size());
    for (String key : keys) {
      stateKeys.add(StateKey.of(namespace, key));
    }
    return stateKeys;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(VersionedValue found) {
    return found == null ? null : found.value();
  }

  private static Version version(VersionedValue found) {
    return found == null ? null : found.version();
  }

  private static Map<String, byte[]> metadata(VersionedValue found) {
    return found == null ? Map.of() : StateMetadata.deserialize(found.metadata());
  }
}
