package org.blockraft.mvcc;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import org.blockraft.state.StateEntry;
import org.blockraft.state.StateIterator;
import org.blockraft.state.StateKey;
import org.blockraft.state.StateUpdates.Update;
import org.blockraft.state.VersionedValue;
import org.blockraft.validate.KeyReadWrites.RangeRead;

/**
 * The rows of a range as they would be if the running batch were committed already. If the range
 * was not exhausted, its recorded end is the last key that was read and belongs to the rows.
 *
 * <p>Fabric: core/ledger/kvledger/txmgmt/validation/combined_iterator.go.
 */
final class CurrentRange implements AutoCloseable {

  private final String namespace;
  private final RangeRead range;
  private final ReadAhead committed;
  private final RunningBatch batch;
  private final StateIterator stored;
  private final Iterator<Map.Entry<byte[], Update>> updated;
  private StateEntry storedRow;
  private Map.Entry<byte[], Update> updatedRow;
  private boolean endServed;

  CurrentRange(String namespace, RangeRead range, ReadAhead committed, RunningBatch batch) {
    this.namespace = namespace;
    this.range = range;
    this.committed = committed;
    this.batch = batch;
    this.endServed = range.exhausted();
    this.updated = batch.range(namespace, range.start(), range.end());
    this.stored = committed.range(namespace, range.start(), range.end());
    this.storedRow = stored.next();
    moveUpdated();
  }

  /** The next row, or null at the end. */
  RangeCheck.Row next() {
    while (storedRow != null || updatedRow != null) {
      int order = compare();
      if (order < 0) {
        RangeCheck.Row row = new RangeCheck.Row(storedRow.key(), storedRow.value().version());
        storedRow = stored.next();
        return row;
      }
      Map.Entry<byte[], Update> update = updatedRow;
      moveUpdated();
      if (order == 0) {
        storedRow = stored.next();
      }
      if (!update.getValue().isDelete()) {
        return new RangeCheck.Row(update.getKey(), update.getValue().version());
      }
    }
    return end();
  }

  @Override
  public void close() {
    stored.close();
  }

  private RangeCheck.Row end() {
    if (endServed) {
      return null;
    }
    endServed = true;
    Update update = batch.publicUpdate(namespace, range.end());
    VersionedValue value =
        update == null ? committed.get(new StateKey(namespace, range.end())) : update.value();
    return value == null ? null : new RangeCheck.Row(range.end(), value.version());
  }

  private void moveUpdated() {
    updatedRow = updated.hasNext() ? updated.next() : null;
  }

  /** Negative if the stored row comes first; zero if the update replaces it. */
  private int compare() {
    if (storedRow == null) {
      return 1;
    }
    return updatedRow == null ? -1 : Arrays.compareUnsigned(storedRow.key(), updatedRow.getKey());
  }
}
