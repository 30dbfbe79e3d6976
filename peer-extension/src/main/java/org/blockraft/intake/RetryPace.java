package org.blockraft.intake;

import java.time.Duration;

/**
 * How long to wait before the next try: a tenth of a second, then a fifth longer each time, up to a
 * limit; a success starts again. For one thread.
 *
 * <p>Fabric: internal/pkg/peer/blocksprovider/blocksprovider.go.
 */
final class RetryPace {
  private static final double BASE = 1.2;
  private static final Duration FIRST = Duration.ofMillis(100);

  private final Duration pauseMax;
  private int failures;
  private Duration total = Duration.ZERO;

  RetryPace(Duration pauseMax) {
    this.pauseMax = pauseMax;
  }

  void succeeded() {
    failures = 0;
    total = Duration.ZERO;
  }

  void failed() {
    failures++;
  }

  /** Zero right after a success. */
  Duration nextPause() {
    if (failures == 0) {
      return Duration.ZERO;
    }
    double millis = FIRST.toMillis() * Math.pow(BASE, failures - 1);
    Duration pause = millis >= pauseMax.toMillis() ? pauseMax : Duration.ofMillis((long) millis);
    total = total.plus(pause);
    return pause;
  }

  /** All pauses since the last success. */
  Duration total() {
    return total;
  }
}
