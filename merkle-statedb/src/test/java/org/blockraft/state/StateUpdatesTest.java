package org.blockraft.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StateUpdatesTest {

  private static final Version VERSION = new Version(1, 2);
  private static final VersionedValue VALUE = new VersionedValue(new byte[] {1}, VERSION);

  private final StateUpdates updates = new StateUpdates();

  @Test
  void shouldStandInOrderOfBytes() {
    updates.put("\uD83D\uDE00", bytes(1), VALUE);
    updates.put("\uFFFD", bytes(0x80), VALUE);
    updates.put("\uFFFD", bytes(0x7f), VALUE);
    assertEquals(List.of("\uFFFD", "\uD83D\uDE00"), List.copyOf(updates.byNamespace().keySet()));
    assertEquals(0x7f, updates.of("\uFFFD").firstKey()[0]);
    assertEquals(3, updates.size());
  }

  @Test
  void shouldKeepTheLastChangeOfAKey() {
    updates.put("cc", bytes(1), VALUE);
    updates.delete("cc", bytes(1), VERSION);
    assertTrue(updates.get("cc", bytes(1)).isDelete());
    assertEquals(VERSION, updates.get("cc", bytes(1)).version());
    assertEquals(1, updates.size());
    assertNull(updates.get("cc", bytes(2)));
    assertNull(updates.get("other", bytes(1)));
  }

  @Test
  void shouldGiveRanges() {
    for (int i = 0; i < 5; i++) {
      updates.put("cc", bytes(i), VALUE);
    }
    assertEquals(2, updates.range("cc", bytes(1), bytes(3)).size());
    assertEquals(4, updates.range("cc", bytes(1), bytes()).size());
    assertEquals(0, updates.range("cc", bytes(3), bytes(1)).size());
    assertEquals(0, updates.range("other", bytes(), bytes()).size());
  }

  @Test
  void shouldMerge() {
    assertTrue(updates.isEmpty());
    StateUpdates later = new StateUpdates();
    updates.put("cc", bytes(1), VALUE);
    later.delete("cc", bytes(1), VERSION);
    later.put("cc", bytes(2), VALUE);
    updates.putAll(later);
    assertEquals(2, updates.size());
    assertTrue(updates.get("cc", bytes(1)).isDelete());
    assertFalse(updates.isEmpty());
  }

  private static byte[] bytes(int... bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = (byte) bytes[i];
    }
    return out;
  }
}
