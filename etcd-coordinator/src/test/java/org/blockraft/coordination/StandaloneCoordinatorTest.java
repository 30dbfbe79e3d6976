package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A node without etcd. */
final class StandaloneCoordinatorTest extends CoordinatorContract {
  private final SimulatedTime time = new SimulatedTime(1);

  @Override
  Coordinator coordinator() {
    return new StandaloneCoordinator(time.loop(), SELF, EtcdSettings.RESIGN_PAUSE);
  }

  @Override
  void close(Coordinator coordinator) {
    coordinator.close();
  }

  @Override
  void until(String what, BooleanSupplier condition) {
    assertTrue(time.runUntil(condition, Duration.ofSeconds(20)), what);
  }
}
