package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hyperledger.fabric.protos.peer.QueryResponse;
import org.hyperledger.fabric.protos.peer.QueryResponseMetadata;
import org.hyperledger.fabric.protos.peer.QueryResultBytes;

/**
 * The queries that a chaincode has open in one transaction. Rows go to the chaincode in batches of
 * {@link #BATCH_ROWS}; to know whether there are more, one row is read ahead and kept for the next
 * batch. That row is in the read set though the chaincode may never see it, so the numbers here
 * must be stock's. Used by one thread. Fabric: core/chaincode/query_response_generator.go.
 */
final class OpenQueries implements AutoCloseable {
  /** Rows in one message to a chaincode, as in stock. */
  static final int BATCH_ROWS = 100;

  private final Map<String, Query> open = new HashMap<>();

  /** One query and what was read ahead of it. */
  private static final class Query {
    final QueryRows rows;
    List<ByteString> pending = new ArrayList<>();
    int returned;

    Query(QueryRows rows) {
      this.rows = rows;
    }

    List<ByteString> cut() {
      List<ByteString> batch = pending;
      pending = new ArrayList<>();
      return batch;
    }

    void add(ByteString row) {
      pending.add(row);
      returned++;
    }
  }

  /**
   * Opens a query and reads its first batch.
   *
   * @param paginated whether all rows up to the limit go in one message, with a bookmark
   * @param limit the most rows to return
   */
  QueryResponse begin(QueryRows rows, boolean paginated, int limit) {
    String id = UUID.randomUUID().toString();
    open.put(id, new Query(rows));
    return read(id, paginated, limit);
  }

  /** Reads the next batch; throws if there is no such query. */
  QueryResponse next(String id, int limit) {
    if (!open.containsKey(id)) {
      throw new ChaincodeException("query iterator not found");
    }
    return read(id, false, limit);
  }

  /** Closes a query; nothing happens if it is closed already. */
  void close(String id) {
    Query query = open.remove(id);
    if (query != null) {
      query.rows.close();
    }
  }

  @Override
  public void close() {
    for (Query query : open.values()) {
      query.rows.close();
    }
    open.clear();
  }

  private QueryResponse read(String id, boolean paginated, int limit) {
    Query query = open.get(id);
    try {
      while (query.returned < limit) {
        ByteString row = query.rows.next();
        if (row == null) {
          break;
        }
        if (!paginated && query.pending.size() == BATCH_ROWS) {
          List<ByteString> batch = query.cut();
          query.add(row);
          return response(id, batch).setHasMore(true).build();
        }
        query.add(row);
      }
      QueryResponse.Builder last = response(id, query.cut());
      if (paginated) {
        last.setMetadata(
            QueryResponseMetadata.newBuilder()
                .setFetchedRecordsCount(query.returned)
                .setBookmark(query.rows.bookmarkAndClose())
                .build()
                .toByteString());
      }
      close(id);
      return last.build();
    } catch (RuntimeException e) {
      close(id);
      throw e;
    }
  }

  private static QueryResponse.Builder response(String id, List<ByteString> rows) {
    QueryResponse.Builder response = QueryResponse.newBuilder().setId(id);
    for (ByteString row : rows) {
      response.addResults(QueryResultBytes.newBuilder().setResultBytes(row));
    }
    return response;
  }
}
