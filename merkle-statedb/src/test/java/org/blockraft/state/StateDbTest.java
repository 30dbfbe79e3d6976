package org.blockraft.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDbTest {

  private static final byte[] OPEN = {};
  private static final String[] NAMESPACES = {"", "cc", "cc!", "cc$$hcoll", "cc1", "\uFFFD"};

  @TempDir private Path directory;
  private KeyValueStore store;
  private StateDb db;

  @BeforeEach
  void open() {
    store = KeyValueStore.open(directory, List.of(StateDb.FAMILY), KeyValueLimits.SMALL);
    db = new StateDb(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldStartEmpty() {
    assertEquals(0, db.height());
    try (StateSnapshot snapshot = db.snapshot()) {
      assertEquals(0, snapshot.height());
      assertNull(snapshot.get("cc", OPEN));
      assertFalse(snapshot.mayHaveMetadata("cc"));
    }
  }

  @Test
  void shouldKeepAnyKeyBytesWithinTheirNamespace() {
    StateUpdates updates = new StateUpdates();
    byte[][] keys = {{}, {0}, {0, 0}, {0, 1}, {1}, {(byte) 0x80}, {(byte) 0xff, 0}};
    for (byte[] key : keys) {
      updates.put("cc", key, value(key, 1));
      updates.put("cc0", key, value(key, 1));
    }
    write(updates, 1);
    try (StateSnapshot snapshot = db.snapshot()) {
      List<StateEntry> rows = rows(snapshot.range("cc", OPEN, OPEN));
      assertEquals(keys.length, rows.size());
      for (int i = 0; i < keys.length; i++) {
        assertArrayEquals(keys[i], rows.get(i).key());
        assertArrayEquals(keys[i], snapshot.get("cc", keys[i]).value());
      }
      assertEquals(2, rows(snapshot.range("cc", new byte[] {0}, new byte[] {0, 1})).size());
      assertEquals(0, rows(snapshot.range("cc", new byte[] {1}, new byte[] {0})).size());
    }
  }

  @Test
  void shouldNotShowLaterWritesInASnapshot() {
    write(put("cc", 1, 10), 1);
    try (StateSnapshot before = db.snapshot()) {
      StateUpdates updates = put("cc", 2, 20);
      updates.delete("cc", new byte[] {1}, new Version(2, 0));
      write(updates, 2);
      assertEquals(1, before.height());
      assertEquals(1, rows(before.range("cc", OPEN, OPEN)).size());
      assertNull(before.get("cc", new byte[] {2}));
      try (StateSnapshot after = db.snapshot()) {
        assertEquals(2, after.height());
        assertNull(after.get("cc", new byte[] {1}));
        assertEquals(new Version(20, 0), after.get("cc", new byte[] {2}).version());
      }
    }
  }

  @Test
  void shouldRememberHeightAndMetadataAcrossReopening() {
    StateUpdates updates = put("plain", 1, 1);
    updates.put(
        "guarded",
        new byte[] {1},
        new VersionedValue(new byte[] {5}, new byte[] {6, 7}, new Version(8, 9)));
    write(updates, 9);
    close();
    open();
    assertEquals(9, db.height());
    try (StateSnapshot snapshot = db.snapshot()) {
      assertTrue(snapshot.mayHaveMetadata("guarded"));
      assertFalse(snapshot.mayHaveMetadata("plain"));
      assertArrayEquals(new byte[] {6, 7}, snapshot.get("guarded", new byte[] {1}).metadata());
    }
  }

  @Test
  void shouldRememberMetadataThoughAnEarlierBatchWasDropped() {
    StateUpdates updates = new StateUpdates();
    updates.put("cc", new byte[] {1}, new VersionedValue(OPEN, new byte[] {6}, new Version(1, 0)));
    try (KeyValueBatch dropped = store.batch()) {
      db.apply(updates, 1, dropped);
    }
    write(updates, 1);
    close();
    open();
    try (StateSnapshot snapshot = db.snapshot()) {
      assertTrue(snapshot.mayHaveMetadata("cc"));
    }
  }

  @Test
  void shouldEqualTheStateInMemory() {
    long seed = 3;
    Random random = new Random(seed);
    MemoryState memory = new MemoryState();
    for (int block = 1; block <= 60; block++) {
      StateUpdates updates = new StateUpdates();
      for (int tx = random.nextInt(30); tx >= 0; tx--) {
        change(random, updates, new Version(block, tx));
      }
      write(updates, block);
      memory.apply(updates, block);
      if (block % 20 == 0) {
        store.flush();
      }
      try (StateSnapshot snapshot = db.snapshot()) {
        assertSame(random, memory, snapshot, "seed " + seed + ", block " + block);
      }
    }
  }

  private static void change(Random random, StateUpdates updates, Version version) {
    String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
    byte[] key = key(random);
    if (random.nextInt(4) == 0) {
      updates.delete(namespace, key, version);
      return;
    }
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    byte[] metadata = new byte[random.nextInt(3) == 0 ? random.nextInt(300) : 0];
    updates.put(namespace, key, new VersionedValue(bytes, metadata, version));
  }

  private static void assertSame(
      Random random, MemoryState memory, StateSnapshot snapshot, String when) {
    assertEquals(memory.height(), snapshot.height(), when);
    List<StateKey> keys = new ArrayList<>();
    int rows = 0;
    for (String namespace : NAMESPACES) {
      byte[] start = random.nextBoolean() ? OPEN : key(random);
      byte[] end = random.nextBoolean() ? OPEN : key(random);
      assertEquals(
          rows(memory.range(namespace, start, end)),
          rows(snapshot.range(namespace, start, end)),
          when);
      assertEquals(memory.mayHaveMetadata(namespace), snapshot.mayHaveMetadata(namespace), when);
      rows += rows(memory.range(namespace, OPEN, OPEN)).size();
      keys.add(new StateKey(namespace, key(random)));
    }
    assertArrayEquals(memory.getAll(keys), snapshot.getAll(keys), when);
    assertEquals(rows, scanned(snapshot), when);
  }

  private static int scanned(StateSnapshot snapshot) {
    int rows = 0;
    StateKey last = null;
    try (StateSnapshot.FullScan scan = snapshot.scan()) {
      while (scan.next()) {
        StateKey key = new StateKey(scan.namespace(), scan.entry().key());
        assertTrue(last == null || last.compareTo(key) < 0);
        assertEquals(snapshot.get(key.namespace(), key.key()), scan.entry().value());
        last = key;
        rows++;
      }
    }
    return rows;
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[random.nextInt(3)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) * 85);
    }
    return key;
  }

  private static StateUpdates put(String namespace, int key, int block) {
    StateUpdates updates = new StateUpdates();
    updates.put(namespace, new byte[] {(byte) key}, value(new byte[] {1}, block));
    return updates;
  }

  private static VersionedValue value(byte[] bytes, int block) {
    return new VersionedValue(bytes, new Version(block, 0));
  }

  private void write(StateUpdates updates, long height) {
    try (KeyValueBatch batch = store.batch()) {
      db.apply(updates, height, batch);
      store.write(batch, false);
    }
  }

  private static List<StateEntry> rows(StateIterator iterator) {
    List<StateEntry> rows = new ArrayList<>();
    try (iterator) {
      for (StateEntry row = iterator.next(); row != null; row = iterator.next()) {
        rows.add(row);
      }
    }
    return rows;
  }
}
