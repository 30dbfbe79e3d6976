package org.blockraft.simulation;

import static org.blockraft.simulation.TransactionSimulatorTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import org.blockraft.state.Version;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo.ReadsInfoCase;
import org.junit.jupiter.api.Test;

class RangeResultsTest {

  @Test
  void shouldRecordAnEmptyRangeAsExhausted() throws InvalidProtocolBufferException {
    RangeQueryInfo query = queried(0, 1);
    assertTrue(query.getItrExhausted());
    assertEquals("k9", query.getEndKey());
    assertEquals(ReadsInfoCase.READSINFO_NOT_SET, query.getReadsInfoCase());
  }

  @Test
  void shouldRecordUpToFiftyRowsAsTheyAre() throws InvalidProtocolBufferException {
    RangeQueryInfo query = queried(50, 51);
    assertTrue(query.getItrExhausted());
    assertEquals(50, query.getRawReads().getKvReadsCount());
    assertEquals(49, query.getRawReads().getKvReads(49).getVersion().getTxNum());
  }

  @Test
  void shouldHashFiftyOneRowsIntoOneLeaf() throws InvalidProtocolBufferException {
    RangeQueryInfo query = queried(51, 52);
    assertEquals(50, query.getReadsMerkleHashes().getMaxDegree());
    assertEquals(1, query.getReadsMerkleHashes().getMaxLevel());
    assertEquals(1, query.getReadsMerkleHashes().getMaxLevelHashesCount());
  }

  @Test
  void shouldEndAtTheLastFetchedRowIfNotExhausted() throws InvalidProtocolBufferException {
    RangeQueryInfo query = queried(101, 101);
    assertFalse(query.getItrExhausted());
    assertEquals(Simulations.key(100), query.getEndKey());
    assertEquals(2, query.getReadsMerkleHashes().getMaxLevelHashesCount());
  }

  @Test
  void shouldCollapseALevelOfMoreThanFiftyHashes() throws InvalidProtocolBufferException {
    RangeQueryInfo query = queried(51 * 51, 51 * 51 + 1);
    assertEquals(2, query.getReadsMerkleHashes().getMaxLevel());
    assertEquals(1, query.getReadsMerkleHashes().getMaxLevelHashesCount());
  }

  @Test
  void shouldRecordAQueryThatWasNeverRead() throws InvalidProtocolBufferException {
    RangeQueryInfo query = queried(5, 0);
    assertEquals(RangeQueryInfo.newBuilder().setStartKey(Simulations.key(0)).build(), query);
  }

  @Test
  void shouldRecordEqualQueriesOnce() throws InvalidProtocolBufferException {
    TransactionSimulator simulator = Simulations.on(Simulations.rows(3));
    read(simulator.getStateRange("cc", "", ""), 4);
    read(simulator.getStateRange("cc", "", ""), 4);
    read(simulator.getStateRange("cc", "", ""), 1);
    assertEquals(2, Simulations.publicSet(simulator.result(), "cc").getRangeQueriesInfoCount());
  }

  @Test
  void shouldGiveTheKeyBehindAPageAsBookmark() throws InvalidProtocolBufferException {
    TransactionSimulator simulator = Simulations.on(Simulations.rows(30));
    RangeResults page = simulator.getStateRangePaginated("cc", "", "", 10);
    read(page, 10);
    assertEquals(Simulations.key(10), page.bookmarkAndClose());
    RangeResults last = simulator.getStateRangePaginated("cc", Simulations.key(20), "", 10);
    read(last, 10);
    assertEquals("", last.bookmarkAndClose());

    RangeQueryInfo query = Simulations.publicSet(simulator.result(), "cc").getRangeQueriesInfo(0);
    assertFalse(query.getItrExhausted());
    assertEquals(Simulations.key(9), query.getEndKey());
  }

  @Test
  void shouldRecordExhaustionWhenReadBehindAPage() throws InvalidProtocolBufferException {
    TransactionSimulator simulator = Simulations.on(Simulations.rows(30));
    RangeResults page = simulator.getStateRangePaginated("cc", "", "k9", 10);
    read(page, 10);
    assertNull(page.next());
    RangeQueryInfo query = Simulations.publicSet(simulator.result(), "cc").getRangeQueriesInfo(0);
    assertTrue(query.getItrExhausted());
    assertEquals("k9", query.getEndKey());
  }

  @Test
  void shouldAllowPagesOnlyWithoutWrites() {
    TransactionSimulator writer = Simulations.on(Simulations.rows(1));
    writer.setState("cc", "x", new byte[] {1});
    assertRefused(
        "txid [tx1]: unsuppored transaction. Paginated queries are supported only in a read-only"
            + " transaction",
        () -> writer.getStateRangePaginated("cc", "", "", 10));
    TransactionSimulator reader = Simulations.on(Simulations.rows(1));
    reader.getStateRangePaginated("cc", "", "", 10);
    assertRefused(
        "txid [tx1]: unsuppored transaction. Transaction has already performed a paginated query."
            + " Writes are not allowed",
        () -> reader.setState("cc", "x", new byte[] {1}));
  }

  @Test
  void shouldReturnRowsInOrderOfUtf8Bytes() {
    TransactionSimulator simulator =
        Simulations.on(
            Simulations.rows(0)
                .with("cc", "\uD83D\uDE00", "second", new Version(1, 0))
                .with("cc", "\uFFFD", "first", new Version(1, 1)));
    RangeResults rows = simulator.getStateRange("cc", "", "");
    assertEquals("\uFFFD", rows.next().getKey());
    KV second = rows.next();
    assertEquals("\uD83D\uDE00", second.getKey());
    assertEquals("cc", second.getNamespace());
    assertEquals("second", second.getValue().toStringUtf8());
    assertNull(rows.next());
  }

  private static RangeQueryInfo queried(int rows, int reads) throws InvalidProtocolBufferException {
    TransactionSimulator simulator = Simulations.on(Simulations.rows(rows));
    read(simulator.getStateRange("cc", Simulations.key(0), "k9"), reads);
    return Simulations.publicSet(simulator.result(), "cc").getRangeQueriesInfo(0);
  }

  private static void read(RangeResults results, int times) {
    for (int i = 0; i < times; i++) {
      results.next();
    }
  }
}
