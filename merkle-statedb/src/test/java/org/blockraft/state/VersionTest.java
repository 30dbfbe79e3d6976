package org.blockraft.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VersionTest {

  @Test
  void shouldEncodeAsStock() {
    assertEncoded("0000", new Version(0, 0));
    assertEncoded("010100", new Version(1, 0));
    assertEncoded("01ff0101", new Version(255, 1));
    assertEncoded("02010000", new Version(256, 0));
    assertEncoded("0301117002012c", new Version(70000, 300));
    assertEncoded("08ffffffffffffffff00", new Version(-1, 0));
  }

  @Test
  void shouldKeepTheOrderInItsBytes() {
    long seed = 7;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      Version a = random(random);
      Version b = random(random);
      assertEquals(
          Integer.signum(a.compareTo(b)),
          Integer.signum(Arrays.compareUnsigned(a.encode(), b.encode())),
          () -> "seed " + seed + ": " + a + " " + b);
      assertEquals(a, Version.decode(a.encode()));
    }
  }

  @Test
  void shouldRefuseWhatIsNoHeight() {
    assertThrows(StateException.class, () -> Version.decode(new byte[0]));
    assertThrows(StateException.class, () -> Version.decode(new byte[] {9, 1}));
    assertThrows(StateException.class, () -> Version.decode(new byte[] {2, 1}));
    assertThrows(StateException.class, () -> Version.decode(new byte[] {0}));
    assertThrows(StateException.class, () -> Version.decode(new byte[] {(byte) 0x80, 0, 0}));
  }

  @Test
  void shouldPrintAsStock() {
    assertEquals("{BlockNum: 18446744073709551615, TxNum: 2}", Version.text(new Version(-1, 2)));
    assertEquals("<nil>", Version.text(null));
  }

  @Test
  void shouldCompareAsUnsigned() {
    assertTrue(new Version(-1, 0).compareTo(new Version(1, 0)) > 0);
  }

  private static Version random(Random random) {
    return new Version(
        random.nextLong() >>> random.nextInt(64), random.nextLong() >>> random.nextInt(64));
  }

  private static void assertEncoded(String hex, Version version) {
    assertEquals(hex, HexFormat.of().formatHex(version.encode()));
    assertEquals(version, Version.decode(version.encode()));
  }
}
