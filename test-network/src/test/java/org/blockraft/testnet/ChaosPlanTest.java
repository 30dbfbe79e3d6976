package org.blockraft.testnet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ChaosPlanTest {
  private static final int DECK =
      Arrays.stream(FaultKind.values()).mapToInt(FaultKind::weight).sum();

  @Test
  void aSeedGivesTheSameFaults() {
    assertEquals(faults(7, true, 100), faults(7, true, 100));
    assertNotEquals(faults(7, true, 100), faults(8, true, 100));
  }

  @Test
  void eachKindComesInEachRoundAsOftenAsItWeighs() {
    Map<FaultKind, Integer> times = new EnumMap<>(FaultKind.class);
    faults(1, true, 3 * DECK).forEach(fault -> times.merge(fault.kind(), 1, Integer::sum));
    for (FaultKind kind : FaultKind.values()) {
      assertEquals(3 * kind.weight(), times.get(kind), kind.title());
    }
  }

  @Test
  void nobodyIsCutOffWhereThatCannotBe() {
    assertTrue(faults(1, false, DECK).stream().noneMatch(fault -> fault.kind().cuts()));
  }

  @Test
  void pausesAreShortAndLong() {
    List<Duration> pauses =
        faults(1, true, 20 * DECK).stream()
            .filter(fault -> fault.kind().pauses())
            .map(ChaosPlan.Fault::length)
            .toList();
    assertTrue(pauses.stream().anyMatch(p -> p.toMillis() < 1000));
    assertTrue(pauses.stream().anyMatch(p -> p.toMillis() > 6000));
    assertTrue(pauses.stream().allMatch(p -> p.toMillis() >= 200 && p.toMillis() <= 8000));
  }

  private static List<ChaosPlan.Fault> faults(long seed, boolean cuts, int count) {
    ChaosPlan plan = new ChaosPlan(seed, cuts);
    return Stream.generate(plan::next).limit(count).toList();
  }
}
