package org.blockraft.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AgreementTest {
  @Test
  void aMajorityIsMoreThanHalf() {
    assertEquals(1, Agreement.majority(1));
    assertEquals(2, Agreement.majority(2));
    assertEquals(2, Agreement.majority(3));
    assertEquals(3, Agreement.majority(4));
    assertEquals(3, Agreement.majority(5));
  }

  @Test
  void agreesOnTheHeightThatAMajorityHasReached() {
    assertEquals(0, Agreement.height(List.of()));
    assertEquals(7, Agreement.height(List.of(7L)));
    assertEquals(3, Agreement.height(List.of(9L, 3L)));
    assertEquals(5, Agreement.height(List.of(9L, 5L, 1L)));
    assertEquals(5, Agreement.height(List.of(9L, 8L, 5L, 1L)));
    assertEquals(5, Agreement.height(List.of(9L, 8L, 5L, 5L, 0L)));
  }
}
