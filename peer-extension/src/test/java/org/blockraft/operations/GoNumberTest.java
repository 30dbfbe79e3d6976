package org.blockraft.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class GoNumberTest {
  @Test
  void numbersLookAsGoWritesThem() {
    assertEquals("0", GoNumber.format(0));
    assertEquals("1", GoNumber.format(1));
    assertEquals("-3", GoNumber.format(-3));
    assertEquals("0.005", GoNumber.format(0.005));
    assertEquals("2.5", GoNumber.format(2.5));
    assertEquals("10", GoNumber.format(10));
    assertEquals("123456", GoNumber.format(123456));
    assertEquals("1e+06", GoNumber.format(1_000_000));
    assertEquals("1.234567e+06", GoNumber.format(1_234_567));
    assertEquals("1.7e+09", GoNumber.format(1.7e9));
    assertEquals("0.0001", GoNumber.format(1e-4));
    assertEquals("1e-05", GoNumber.format(1e-5));
    assertEquals("1.5e-07", GoNumber.format(1.5e-7));
    assertEquals("1e+100", GoNumber.format(1e100));
    assertEquals("+Inf", GoNumber.format(Double.POSITIVE_INFINITY));
    assertEquals("NaN", GoNumber.format(Double.NaN));
  }
}
