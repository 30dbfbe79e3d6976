package org.blockraft.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import org.blockraft.state.StateEntry;
import org.blockraft.state.StateIterator;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;

/**
 * Rows of a range query. Every row that is fetched here is recorded for the check on phantoms,
 * whether or not the chaincode gets to see it; rows of private data are not recorded. Belongs to
 * its simulator: uses the simulator's lock and is closed with it.
 */
public final class RangeResults implements AutoCloseable {

  private final Object lock;
  private final String namespace;
  private final StateIterator rows;

  /** Null if the rows are not recorded. */
  private final Recording recording;

  /** Rows that may be fetched; not limited if not positive. */
  private final int pageSize;

  private int fetched;
  private boolean closed;

  /** What is known about the query so far. */
  private static final class Recording {
    final RangeQueryInfo.Builder info = RangeQueryInfo.newBuilder();
    final RangeQueryHasher hasher = new RangeQueryHasher(RangeQueryHasher.SIMULATION_DEGREE);
    final String end;

    Recording(String start, String end) {
      this.end = end;
      info.setStartKey(start);
    }
  }

  private RangeResults(
      Object lock, String namespace, StateIterator rows, Recording recording, int pageSize) {
    this.lock = lock;
    this.namespace = namespace;
    this.rows = rows;
    this.recording = recording;
    this.pageSize = pageSize;
  }

  static RangeResults recorded(
      Object lock, String namespace, String start, String end, int pageSize, StateIterator rows) {
    return new RangeResults(lock, namespace, rows, new Recording(start, end), pageSize);
  }

  static RangeResults unrecorded(Object lock, String namespace, StateIterator rows) {
    return new RangeResults(lock, namespace, rows, null, 0);
  }

  /**
   * The next row, or null at the end. Whoever must not read behind a limit must not call this:
   * reaching the end is recorded too.
   */
  public KV next() {
    synchronized (lock) {
      StateEntry row = fetch();
      if (recording == null) {
        return row == null ? null : message(row);
      }
      if (row == null) {
        recording.info.setItrExhausted(true).setEndKey(recording.end);
        return null;
      }
      KV result = message(row);
      recording.hasher.add(RangeQueryHasher.row(result.getKey(), row.value().version()));
      recording.info.setEndKeyBytes(result.getKeyBytes());
      return result;
    }
  }

  /** The key behind the last fetched row, empty if there is none; closes the results. */
  public String bookmarkAndClose() {
    synchronized (lock) {
      StateEntry row = closed ? null : rows.next();
      close();
      return row == null ? "" : text(row).toStringUtf8();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        rows.close();
      }
    }
  }

  /** Ends the recording; called once. Null if the rows are not recorded. */
  RangeQueryInfo record() {
    if (recording == null) {
      return null;
    }
    recording.hasher.finish();
    recording.hasher.recordInto(recording.info);
    return recording.info.build();
  }

  String namespace() {
    return namespace;
  }

  private StateEntry fetch() {
    if (closed) {
      throw new SimulationException("the query is closed");
    }
    if (pageSize > 0 && fetched >= pageSize) {
      return null;
    }
    StateEntry row = rows.next();
    if (row != null) {
      fetched++;
    }
    return row;
  }

  private KV message(StateEntry row) {
    return KV.newBuilder()
        .setNamespace(namespace)
        .setKeyBytes(text(row))
        .setValue(UnsafeByteOperations.unsafeWrap(row.value().value()))
        .build();
  }

  private static ByteString text(StateEntry row) {
    return UnsafeByteOperations.unsafeWrap(row.key());
  }
}
