package org.blockraft.probe;

import java.util.Iterator;
import org.hyperledger.fabric.protos.peer.QueryResponseMetadata;
import org.hyperledger.fabric.shim.ChaincodeStub;
import org.hyperledger.fabric.shim.ledger.CompositeKey;
import org.hyperledger.fabric.shim.ledger.KeyModification;
import org.hyperledger.fabric.shim.ledger.KeyValue;
import org.hyperledger.fabric.shim.ledger.QueryResultsIterator;
import org.hyperledger.fabric.shim.ledger.QueryResultsIteratorWithMetadata;
import org.json.JSONArray;

/** Queries over public state: ranges, pages, composite keys, history. */
final class ProbeQueries {
  private final ChaincodeStub stub;
  private final ProbeNotes notes;

  ProbeQueries(ChaincodeStub stub, ProbeNotes notes) {
    this.stub = stub;
    this.notes = notes;
  }

  boolean execute(String name, JSONArray op) {
    switch (name) {
      case "range" ->
          results(stub.getStateByRange(op.getString(1), op.getString(2)), op.getInt(3), true);
      case "rangeOpen" ->
          results(stub.getStateByRange(op.getString(1), op.getString(2)), op.getInt(3), false);
      case "page" ->
          page(
              stub.getStateByRangeWithPagination(
                  op.getString(1), op.getString(2), op.getInt(3), op.getString(4)));
      case "composite" ->
          results(
              stub.getStateByPartialCompositeKey(ProbeScript.composite(op, 2)), op.getInt(1), true);
      case "compositePage" -> {
        CompositeKey prefix = ProbeScript.composite(op, 3);
        page(
            stub.getStateByPartialCompositeKeyWithPagination(
                prefix, op.getInt(1), op.getString(2)));
      }
      case "history" -> history(op.getString(1), op.getInt(2));
      case "query" -> results(stub.getQueryResult(op.getString(1)), op.getInt(2), true);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Takes at most {@code most} results; a shim closes an open query only when asked to. */
  private void results(QueryResultsIterator<KeyValue> found, int most, boolean close) {
    notes.add(found, most);
    if (close) {
      ProbeQueries.close(found);
    }
  }

  private void page(QueryResultsIteratorWithMetadata<KeyValue> found) {
    Iterator<KeyValue> rows = found.iterator();
    while (rows.hasNext()) {
      KeyValue row = rows.next();
      notes.add(row.getKey(), row.getValue());
    }
    QueryResponseMetadata metadata = found.getMetadata();
    notes.add(
        "fetched %d bookmark %s"
            .formatted(metadata.getFetchedRecordsCount(), metadata.getBookmark()));
    found.close();
  }

  private void history(String key, int most) {
    QueryResultsIterator<KeyModification> found = stub.getHistoryForKey(key);
    Iterator<KeyModification> rows = found.iterator();
    for (int i = 0; i < most && rows.hasNext(); i++) {
      KeyModification row = rows.next();
      notes.add(
          "%s %s %s %s"
              .formatted(
                  row.getTxId(),
                  row.getTimestamp(),
                  row.isDeleted(),
                  ProbeNotes.show(row.getValue())));
    }
    close(found);
  }

  static void close(QueryResultsIterator<?> found) {
    try {
      found.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
