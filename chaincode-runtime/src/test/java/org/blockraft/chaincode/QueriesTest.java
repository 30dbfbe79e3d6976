package org.blockraft.chaincode;

import static org.blockraft.chaincode.ScriptedChaincode.ok;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_HISTORY_FOR_KEY;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_QUERY_RESULT;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.GET_STATE_BY_RANGE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.QUERY_STATE_CLOSE;
import static org.hyperledger.fabric.protos.peer.ChaincodeMessage.Type.QUERY_STATE_NEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.blockraft.simulation.HistoryIterator;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;
import org.hyperledger.fabric.protos.ledger.queryresult.KeyModification;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;
import org.hyperledger.fabric.protos.peer.GetHistoryForKey;
import org.hyperledger.fabric.protos.peer.GetQueryResult;
import org.hyperledger.fabric.protos.peer.GetStateByRange;
import org.hyperledger.fabric.protos.peer.QueryMetadata;
import org.hyperledger.fabric.protos.peer.QueryResponse;
import org.hyperledger.fabric.protos.peer.QueryResponseMetadata;
import org.hyperledger.fabric.protos.peer.QueryStateClose;
import org.hyperledger.fabric.protos.peer.QueryStateNext;
import org.hyperledger.fabric.protos.peer.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueriesTest {
  @TempDir Path directory;

  /**
   * Rows, the batches they come in, and how many leaves the read set has (0: the rows themselves).
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 1, 0",
    "50, 50, 0",
    "51, 51, 1",
    "100, 100, 2",
    "101, 100+1, 2",
    "102, 100+2, 2",
    "250, 100+100+50, 5"
  })
  void wholeRangeComesInBatchesOfHundred(int rows, String batches, int leaves) throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode = peer.serve("cc", QueriesTest::readAll)) {
      fill(peer, rows);
      assertEquals(batches, peer.execute("cc", "x").response().getPayload().toStringUtf8());
      RangeQueryInfo recorded = ExecutionTest.publicSet(peer).getRangeQueriesInfo(0);
      assertTrue(recorded.getItrExhausted());
      assertEquals("z", recorded.getEndKey());
      assertEquals(leaves, recorded.getReadsMerkleHashes().getMaxLevelHashesCount());
      assertEquals(leaves == 0 ? rows : 0, recorded.getRawReads().getKvReadsCount());
      assertEquals(1, chaincode.streams());
    }
  }

  private static Response readAll(ScriptedChaincode.Transaction tx) throws Exception {
    QueryResponse batch = QueryResponse.parseFrom(tx.ask(GET_STATE_BY_RANGE, range()));
    StringBuilder sizes = new StringBuilder().append(batch.getResultsCount());
    int row = check(batch, 0);
    while (batch.getHasMore()) {
      batch = next(tx, batch.getId());
      sizes.append('+').append(batch.getResultsCount());
      row = check(batch, row);
    }
    return ok(sizes.toString());
  }

  private static int check(QueryResponse batch, int firstRow) throws Exception {
    int row = firstRow;
    for (var result : batch.getResultsList()) {
      KV kv = KV.parseFrom(result.getResultBytes());
      assertEquals("cc", kv.getNamespace());
      assertEquals(key(row), kv.getKey());
      assertEquals("v" + row, kv.getValue().toStringUtf8());
      row++;
    }
    return row;
  }

  /** The row read ahead is in the read set though the chaincode never saw it. */
  @ParameterizedTest
  @CsvSource({"99, true, z", "100, true, z", "101, false, k00100", "300, false, k00100"})
  void partlyReadRangeRecordsTheLookAhead(int rows, boolean exhausted, String end)
      throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            peer.serve(
                "cc",
                tx -> {
                  String id = QueryResponse.parseFrom(tx.ask(GET_STATE_BY_RANGE, range())).getId();
                  QueryStateClose close = QueryStateClose.newBuilder().setId(id).build();
                  tx.ask(QUERY_STATE_CLOSE, close);
                  tx.ask(QUERY_STATE_CLOSE, close);
                  tx.tell(
                      QUERY_STATE_NEXT,
                      QueryStateNext.newBuilder().setId(id).build().toByteString());
                  return ok(tx.answer().getPayload());
                })) {
      fill(peer, rows);
      assertEquals(
          "QUERY_STATE_NEXT failed: transaction ID: tx1: query iterator not found",
          peer.execute("cc", "x").response().getPayload().toStringUtf8());
      RangeQueryInfo recorded = ExecutionTest.publicSet(peer).getRangeQueriesInfo(0);
      assertEquals(exhausted, recorded.getItrExhausted());
      assertEquals(end, recorded.getEndKey());
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void openIteratorIsClosedWithTheTransaction() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            peer.serve("cc", tx -> ok(tx.ask(GET_STATE_BY_RANGE, range())))) {
      fill(peer, 300);
      QueryResponse first =
          QueryResponse.parseFrom(peer.execute("cc", "x").response().getPayload());
      assertTrue(first.getHasMore());
      assertEquals("k00100", ExecutionTest.publicSet(peer).getRangeQueriesInfo(0).getEndKey());
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void pagesEndWithTheNextKey() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            peer.serve("cc", tx -> ok(tx.ask(GET_STATE_BY_RANGE, page(tx.argument(0)))))) {
      fill(peer, 30);
      assertPage(peer, "", 0, 12, "k00012");
      assertEquals("k00011", ExecutionTest.publicSet(peer).getRangeQueriesInfo(0).getEndKey());
      assertPage(peer, "k00012", 12, 12, "k00024");
      assertPage(peer, "k00024", 24, 6, "");
      assertEquals(1, chaincode.streams());
    }
  }

  private static void assertPage(
      TestPeer peer, String bookmark, int firstRow, int rows, String nextBookmark)
      throws Exception {
    QueryResponse page =
        QueryResponse.parseFrom(peer.execute("cc", bookmark).response().getPayload());
    assertFalse(page.getHasMore());
    assertEquals(firstRow + rows, check(page, firstRow));
    QueryResponseMetadata metadata = QueryResponseMetadata.parseFrom(page.getMetadata());
    assertEquals(rows, metadata.getFetchedRecordsCount());
    assertEquals(nextBookmark, metadata.getBookmark());
  }

  private static GetStateByRange page(String bookmark) {
    return range().toBuilder()
        .setMetadata(
            QueryMetadata.newBuilder().setPageSize(12).setBookmark(bookmark).build().toByteString())
        .build();
  }

  @Test
  void limitStopsBeforeTheEndIsSeen() throws Exception {
    RuntimeSettings limited =
        new RuntimeSettings(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ZERO, 3, 10, false, "p:1", null);
    try (TestPeer peer = new TestPeer(directory, limited, null, List.of(), Map.of());
        ScriptedChaincode chaincode = peer.serve("cc", QueriesTest::readAll)) {
      fill(peer, 3);
      assertEquals("3", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      assertFalse(ExecutionTest.publicSet(peer).getRangeQueriesInfo(0).getItrExhausted());
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void richQueryIsRefusedAsOnLevelDb() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            peer.serve(
                "cc",
                tx ->
                    ok(
                        tx.ask(
                            GET_QUERY_RESULT,
                            GetQueryResult.newBuilder().setQuery("{}").build())))) {
      assertEquals(
          "transaction returned with failure: GET_QUERY_RESULT failed: transaction ID: tx1:"
              + " ExecuteQuery not supported for leveldb",
          assertThrows(ChaincodeException.class, () -> peer.execute("cc", "x")).getMessage());
      assertEquals(1, chaincode.streams());
    }
  }

  @Test
  void historyComesInBatches() throws Exception {
    try (TestPeer peer = new TestPeer(directory);
        ScriptedChaincode chaincode =
            peer.serve(
                "cc",
                tx -> {
                  GetHistoryForKey request = GetHistoryForKey.newBuilder().setKey("k").build();
                  QueryResponse first =
                      QueryResponse.parseFrom(tx.ask(GET_HISTORY_FOR_KEY, request));
                  QueryResponse second = next(tx, first.getId());
                  KeyModification last =
                      KeyModification.parseFrom(second.getResults(0).getResultBytes());
                  return ok(
                      first.getResultsCount()
                          + ","
                          + second.getResultsCount()
                          + ","
                          + last.getTxId());
                })) {
      assertEquals(
          "transaction returned with failure: GET_HISTORY_FOR_KEY failed: transaction ID: tx1:"
              + " history database is not enabled",
          assertThrows(ChaincodeException.class, () -> peer.execute("cc", "x")).getMessage());
      peer.history = (namespace, key) -> new Past(namespace + key, 101);
      assertEquals("100,1,cck0", peer.execute("cc", "x").response().getPayload().toStringUtf8());
      assertEquals(1, chaincode.streams());
    }
  }

  /** So many old values. */
  private static final class Past implements HistoryIterator {
    private final String prefix;
    private int left;

    Past(String prefix, int left) {
      this.prefix = prefix;
      this.left = left;
    }

    @Override
    public KeyModification next() {
      if (left == 0) {
        return null;
      }
      left--;
      return KeyModification.newBuilder().setTxId(prefix + left).build();
    }

    @Override
    public void close() {}
  }

  private static QueryResponse next(ScriptedChaincode.Transaction tx, String id) throws Exception {
    return QueryResponse.parseFrom(
        tx.ask(QUERY_STATE_NEXT, QueryStateNext.newBuilder().setId(id).build()));
  }

  private static GetStateByRange range() {
    return GetStateByRange.newBuilder().setStartKey("k").setEndKey("z").build();
  }

  private static void fill(TestPeer peer, int rows) {
    for (int row = 0; row < rows; row++) {
      peer.state.with("cc", key(row), "v" + row, new Version(1, row));
    }
  }

  private static String key(int row) {
    return String.format("k%05d", row);
  }
}
