package org.blockraft.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigDurationTest {

  @ParameterizedTest
  @CsvSource({
    "2s, 2000000000",
    "0, 0",
    "250ms, 250000000",
    "1h2m3s, 3723000000000",
    "1.5s, 1500000000",
    ".5m, 30000000000",
    "1.s, 1000000000",
    "-3us, -3000"
  })
  void shouldReadDurationsAsGoDoes(String text, long nanos) {
    assertEquals(Duration.ofNanos(nanos), ConfigDuration.parse(text));
  }

  @Test
  void shouldRefuseInGosWords() {
    assertEquals("time: invalid duration \"\"", refusal(""));
    assertEquals("time: invalid duration \"abc\"", refusal("abc"));
    assertEquals("time: missing unit in duration \"12\"", refusal("12"));
    assertEquals("time: unknown unit \"d\" in duration \"3d\"", refusal("3d"));
  }

  private static String refusal(String text) {
    return assertThrows(ConfigException.class, () -> ConfigDuration.parse(text)).getMessage();
  }
}
