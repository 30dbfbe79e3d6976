package org.blockraft.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyValueStoreTest {

  private static final byte[] OPEN = {};

  @TempDir private Path directory;

  @Test
  void shouldKeepWhatWasWrittenAcrossReopening() {
    try (KeyValueStore store = open("f")) {
      put(store, "f", "a", "1");
      store.syncLog();
      put(store, "f", "b", "2");
      store.flush();
      put(store, "f", "c", "3");
    }
    try (KeyValueStore store = open("f", "g")) {
      assertEquals("a=1 b=2 c=3", rows(store.iterator("f", OPEN, OPEN, false)));
      assertNull(store.get("g", bytes("a")));
    }
  }

  @Test
  void shouldOpenFamiliesThatNobodyAskedFor() {
    try (KeyValueStore store = open("f", "g")) {
      put(store, "g", "a", "1");
    }
    try (KeyValueStore store = open("f")) {
      assertArrayEquals(bytes("1"), store.get("g", bytes("a")));
      assertThrows(StateException.class, () -> store.get("h", bytes("a")));
    }
  }

  @Test
  void shouldWriteABatchOverFamiliesAsOne() {
    try (KeyValueStore store = open("f", "g");
        KeyValueBatch batch = store.batch();
        KeyValueSnapshot before = store.snapshot()) {
      batch.put("f", bytes("a"), bytes("1"));
      batch.put("g", bytes("a"), bytes("2"));
      batch.put("g", bytes("gone"), bytes("3"));
      batch.delete("g", bytes("gone"));
      assertEquals(4, batch.count());
      store.write(batch, true);
      assertArrayEquals(bytes("1"), store.get("f", bytes("a")));
      byte[][] found = store.multiGet("g", List.of(bytes("gone"), bytes("a")));
      assertNull(found[0]);
      assertArrayEquals(bytes("2"), found[1]);
      assertNull(before.get("f", bytes("a")));
      assertNull(before.multiGet("g", List.of(bytes("a")))[0]);
    }
  }

  @Test
  void shouldIterateBothWaysWithinBounds() {
    try (KeyValueStore store = open("f")) {
      for (String key : List.of("a", "b", "c", "d")) {
        put(store, "f", key, key);
      }
      assertEquals("b=b c=c", rows(store.iterator("f", bytes("b"), bytes("d"), false)));
      assertEquals("c=c b=b", rows(store.iterator("f", bytes("b"), bytes("d"), true)));
      assertEquals("d=d c=c b=b a=a", rows(store.iterator("f", OPEN, OPEN, true)));
      assertEquals("", rows(store.iterator("f", bytes("c"), bytes("b"), false)));
      try (KeyValueBatch batch = store.batch()) {
        batch.deleteRange("f", bytes("b"), bytes("d"));
        store.write(batch, false);
      }
      assertEquals("a=a d=d", rows(store.iterator("f", OPEN, OPEN, false)));
    }
  }

  @Test
  void shouldRefuseUseAfterClosingButLetReadersFinish() {
    KeyValueStore store = open("f");
    put(store, "f", "a", "1");
    KeyValueSnapshot snapshot = store.snapshot();
    KeyValueIterator rows = snapshot.iterator("f", OPEN, OPEN, false);
    snapshot.close();
    assertThrows(StateException.class, () -> snapshot.get("f", bytes("a")));
    assertTrue(rows.next());
    assertArrayEquals(bytes("1"), rows.value());
    rows.close();
    assertThrows(StateException.class, rows::next);
    assertThrows(StateException.class, rows::key);
    KeyValueBatch batch = store.batch();
    store.close();
    assertThrows(StateException.class, () -> batch.put("f", bytes("a"), bytes("1")));
    batch.close();
    assertThrows(StateException.class, () -> store.get("f", bytes("a")));
    assertThrows(StateException.class, store::snapshot);
  }

  @Test
  void shouldShareACache() {
    try (KeyValueCache cache = new KeyValueCache(1 << 20);
        KeyValueStore one =
            KeyValueStore.open(
                directory.resolve("one"), List.of("f"), KeyValueLimits.SMALL, cache);
        KeyValueStore two =
            KeyValueStore.open(
                directory.resolve("two"), List.of("f"), KeyValueLimits.SMALL, cache)) {
      put(one, "f", "a", "1");
      put(two, "f", "a", "2");
      one.flush();
      assertArrayEquals(bytes("1"), one.get("f", bytes("a")));
      assertTrue(cache.usedBytes() > 0);
      assertTrue(one.diskBytes() > 0);
      assertFalse(two.diskBytes() > one.diskBytes());
    }
  }

  @Test
  void shouldRefuseASecondOpening() {
    try (KeyValueStore store = open("f")) {
      put(store, "f", "a", "1");
      assertThrows(StateException.class, () -> open("f"));
    }
  }

  private KeyValueStore open(String... families) {
    return KeyValueStore.open(directory, List.of(families), KeyValueLimits.SMALL);
  }

  private static void put(KeyValueStore store, String family, String key, String value) {
    try (KeyValueBatch batch = store.batch()) {
      batch.put(family, bytes(key), bytes(value));
      store.write(batch, false);
    }
  }

  private static String rows(KeyValueIterator rows) {
    List<String> found = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        found.add(new String(rows.key(), UTF_8) + "=" + new String(rows.value(), UTF_8));
      }
    }
    return String.join(" ", found);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
