package org.blockraft.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPaceTest {

  @Test
  void shouldWaitAFifthLongerEachTimeUpToTheLimit() {
    RetryPace pace = new RetryPace(Duration.ofMillis(200));
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      pace.failed();
      pauses.add(pace.nextPause().toMillis());
    }

    assertEquals(List.of(100L, 120L, 144L, 172L, 200L, 200L), pauses);
    assertEquals(Duration.ofMillis(936), pace.total());
  }

  @Test
  void shouldStartAgainAfterASuccess() {
    RetryPace pace = new RetryPace(Duration.ofHours(1));
    pace.failed();
    pace.failed();
    pace.nextPause();
    pace.succeeded();

    assertEquals(Duration.ZERO, pace.nextPause());
    assertEquals(Duration.ZERO, pace.total());
    pace.failed();
    assertEquals(Duration.ofMillis(100), pace.nextPause());
  }

  @Test
  void shouldStayAtTheLimitForEver() {
    RetryPace pace = new RetryPace(Duration.ofHours(1));
    for (int i = 0; i < 10_000; i++) {
      pace.failed();
    }
    assertEquals(Duration.ofHours(1), pace.nextPause());
  }
}
