package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import org.blockraft.simulation.HistoryIterator;
import org.blockraft.simulation.RangeResults;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;
import org.hyperledger.fabric.protos.ledger.queryresult.KeyModification;

/** Rows of a query, ready for the wire. Used by one thread. */
sealed interface QueryRows extends AutoCloseable {

  /** The next row's marshalled message; null at the end. */
  ByteString next();

  /**
   * Where the next page starts; empty if there is none or the query has no pages. Closes the rows.
   */
  String bookmarkAndClose();

  @Override
  void close();

  /** Rows of a range. */
  record Range(RangeResults results) implements QueryRows {
    @Override
    public ByteString next() {
      KV row = results.next();
      return row == null ? null : row.toByteString();
    }

    @Override
    public String bookmarkAndClose() {
      return results.bookmarkAndClose();
    }

    @Override
    public void close() {
      results.close();
    }
  }

  /** Past values of a key. */
  record History(HistoryIterator results) implements QueryRows {
    @Override
    public ByteString next() {
      KeyModification row = results.next();
      return row == null ? null : row.toByteString();
    }

    @Override
    public String bookmarkAndClose() {
      close();
      return "";
    }

    @Override
    public void close() {
      results.close();
    }
  }
}
