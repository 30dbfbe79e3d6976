package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DistributionTest {
  @Test
  void quantilesAreValuesThatCameUp() {
    Distribution all = new Distribution(LongStream.rangeClosed(1, 200).boxed().toList());
    assertEquals(100, all.p50());
    assertEquals(198, all.p99());
    assertEquals(200, all.max());
  }

  @Test
  void ofFewThe99thPercentileIsTheMaximum() {
    Distribution all = Distribution.of(List.of(Duration.ofMillis(30), Duration.ofMillis(7)));
    assertEquals(7, all.p50());
    assertEquals(30, all.p99());
    assertEquals(30, all.max());
  }

  @Test
  void ofNoneAllIsZero() {
    assertEquals(0, new Distribution(List.of()).p50());
    assertEquals(0, new Distribution(List.of()).max());
  }
}
