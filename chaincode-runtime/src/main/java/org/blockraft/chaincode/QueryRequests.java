package org.blockraft.chaincode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.blockraft.simulation.RangeResults;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.peer.GetHistoryForKey;
import org.hyperledger.fabric.protos.peer.GetQueryResult;
import org.hyperledger.fabric.protos.peer.GetStateByRange;
import org.hyperledger.fabric.protos.peer.QueryMetadata;
import org.hyperledger.fabric.protos.peer.QueryResponse;
import org.hyperledger.fabric.protos.peer.QueryStateClose;
import org.hyperledger.fabric.protos.peer.QueryStateNext;

/**
 * Range queries, rich queries and histories. Each method takes a request's payload and returns the
 * response's. Without state; open queries belong to the conversation.
 */
final class QueryRequests {
  private final int totalQueryLimit;

  /**
   * Queries.
   *
   * @param totalQueryLimit the most rows one query returns
   */
  QueryRequests(int totalQueryLimit) {
    this.totalQueryLimit = totalQueryLimit;
  }

  ByteString range(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    GetStateByRange request = GetStateByRange.parseFrom(payload);
    QueryMetadata page = QueryMetadata.parseFrom(request.getMetadata());
    String namespace = conversation.tx().chaincodeName();
    TransactionSimulator simulator = conversation.tx().simulator();
    String start = request.getStartKey();
    String end = request.getEndKey();
    RangeResults rows;
    boolean paginated = false;
    if (!request.getCollection().isEmpty()) {
      CollectionRules.requireRead(conversation, request.getCollection());
      rows = simulator.getPrivateDataRange(namespace, request.getCollection(), start, end);
    } else if (isPaginated(page)) {
      paginated = true;
      String from = page.getBookmark().isEmpty() ? start : page.getBookmark();
      rows = simulator.getStateRangePaginated(namespace, from, end, page.getPageSize());
    } else {
      rows = simulator.getStateRange(namespace, start, end);
    }
    return begin(conversation, new QueryRows.Range(rows), paginated, limit(page));
  }

  ByteString rich(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    GetQueryResult request = GetQueryResult.parseFrom(payload);
    QueryMetadata page = QueryMetadata.parseFrom(request.getMetadata());
    String namespace = conversation.tx().chaincodeName();
    TransactionSimulator simulator = conversation.tx().simulator();
    String query = request.getQuery();
    RangeResults rows;
    boolean paginated = false;
    if (!request.getCollection().isEmpty()) {
      CollectionRules.requireRead(conversation, request.getCollection());
      rows = simulator.executePrivateDataQuery(namespace, request.getCollection(), query);
    } else if (isPaginated(page)) {
      paginated = true;
      rows =
          simulator.executeQueryPaginated(namespace, query, page.getBookmark(), page.getPageSize());
    } else {
      rows = simulator.executeQuery(namespace, query);
    }
    return begin(conversation, new QueryRows.Range(rows), paginated, limit(page));
  }

  ByteString history(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    String key = GetHistoryForKey.parseFrom(payload).getKey();
    TransactionContext tx = conversation.tx();
    QueryRows rows =
        new QueryRows.History(tx.simulator().getHistoryForKey(tx.chaincodeName(), key));
    return begin(conversation, rows, false, totalQueryLimit);
  }

  ByteString next(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    String id = QueryStateNext.parseFrom(payload).getId();
    return conversation.queries().next(id, totalQueryLimit).toByteString();
  }

  ByteString close(ByteString payload, Conversation conversation)
      throws InvalidProtocolBufferException {
    String id = QueryStateClose.parseFrom(payload).getId();
    conversation.queries().close(id);
    return QueryResponse.newBuilder().setId(id).build().toByteString();
  }

  private static ByteString begin(
      Conversation conversation, QueryRows rows, boolean paginated, int limit) {
    return conversation.queries().begin(rows, paginated, limit).toByteString();
  }

  private static boolean isPaginated(QueryMetadata page) {
    return page.getPageSize() != 0 || !page.getBookmark().isEmpty();
  }

  private int limit(QueryMetadata page) {
    int size = page.getPageSize();
    return size > 0 && size < totalQueryLimit ? size : totalQueryLimit;
  }
}
