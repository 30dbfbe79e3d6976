package org.blockraft.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.blockraft.state.KeyValueLimits;
import org.blockraft.state.KeyValueStore;
import org.hyperledger.fabric.protos.transientstore.TxPvtReadWriteSetWithConfigInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransientStoreTest {
  private static final TxPvtReadWriteSetWithConfigInfo ONE = TestChain.plain("c", Map.of("a", "1"));
  private static final TxPvtReadWriteSetWithConfigInfo TWO = TestChain.plain("c", Map.of("a", "2"));

  @TempDir Path directory;
  private KeyValueStore keyValues;
  private TransientStore store;
  private TransientStore other;

  @BeforeEach
  void open() {
    keyValues = KeyValueStore.open(directory, List.of(TransientStore.FAMILY), KeyValueLimits.SMALL);
    store = new TransientStore(keyValues, "one");
    other = new TransientStore(keyValues, "one2");
  }

  @AfterEach
  void close() {
    keyValues.close();
  }

  @Test
  void keepsSeveralWriteSetsOfATransaction() {
    store.persist("tx", 11, TWO);
    store.persist("tx", 10, ONE);
    store.persist("tx", 10, ONE);
    store.persist("tx2", 10, TWO);
    other.persist("tx", 10, TWO);

    assertEquals(
        List.of(
            new TransientEntry(10, ONE), new TransientEntry(10, ONE), new TransientEntry(11, TWO)),
        store.byTxId("tx"));
    assertEquals(List.of(), store.byTxId("t"));
  }

  @Test
  void purgesByTransaction() {
    store.persist("tx", 10, ONE);
    store.persist("tx", 12, TWO);
    store.persist("tx2", 11, TWO);
    other.persist("tx", 10, TWO);

    store.purgeByTxIds(List.of("tx", "unknown"));

    assertTrue(store.byTxId("tx").isEmpty());
    assertEquals(1, store.byTxId("tx2").size());
    assertEquals(1, other.byTxId("tx").size());
    assertEquals(OptionalLong.of(11), store.lowestHeight());
  }

  @Test
  void purgesBelowAHeight() {
    assertEquals(OptionalLong.empty(), store.lowestHeight());
    for (int height = 5; height < 10; height++) {
      store.persist("tx" + height, height, ONE);
    }
    other.persist("tx", 1, TWO);

    store.purgeBelowHeight(8);

    assertTrue(store.byTxId("tx7").isEmpty());
    assertEquals(1, store.byTxId("tx8").size());
    assertEquals(OptionalLong.of(8), store.lowestHeight());
    assertEquals(OptionalLong.of(1), other.lowestHeight());
  }

  @Test
  void dropsAChannel() {
    store.persist("tx", 5, ONE);
    other.persist("tx", 5, ONE);
    store.drop();
    assertTrue(store.byTxId("tx").isEmpty());
    assertEquals(OptionalLong.empty(), store.lowestHeight());
    assertEquals(1, other.byTxId("tx").size());
  }
}
