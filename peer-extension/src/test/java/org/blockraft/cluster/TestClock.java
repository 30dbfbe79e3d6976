package org.blockraft.cluster;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The clock of a node's links: real, or moved by the test alone. */
final class TestClock extends ScheduledThreadPoolExecutor {
  private final AtomicLong moved = new AtomicLong();
  private boolean manual;
  private Runnable tick;

  TestClock() {
    super(1, Thread.ofPlatform().name("test-clock").daemon().factory());
  }

  static TestClock manual() {
    TestClock clock = new TestClock();
    clock.manual = true;
    return clock;
  }

  long nanoTime() {
    return manual ? moved.get() : System.nanoTime();
  }

  /** Lets time pass and the links look at it. */
  void advance(Duration time) {
    moved.addAndGet(time.toNanos());
    try {
      submit(tick).get(5, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    tick = command;
    return manual ? null : super.scheduleAtFixedRate(command, initialDelay, period, unit);
  }
}
