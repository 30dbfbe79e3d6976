package org.blockraft.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8OrderTest {

  private static final int[] CODE_POINTS = {
    0, 'a', 'b', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x1f600,
    0x10ffff
  };

  @Test
  void shouldPutSupplementaryCharactersLast() {
    assertTrue(Utf8Order.compare("\uFFFF", "\uD800\uDC00") < 0);
    assertTrue("\uFFFF".compareTo("\uD800\uDC00") > 0);
  }

  @Test
  void shouldOrderAsTheBytesDo() {
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      String a = random(random);
      String b = random(random);
      assertEquals(
          Integer.signum(Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8))),
          Integer.signum(Utf8Order.compare(a, b)),
          () -> "seed " + seed + ": " + a + " " + b);
    }
  }

  private static String random(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(4);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(CODE_POINTS[random.nextInt(CODE_POINTS.length)]);
    }
    return text.toString();
  }
}
