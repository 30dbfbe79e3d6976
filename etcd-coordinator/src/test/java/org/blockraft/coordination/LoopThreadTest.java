package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The real loop. */
final class LoopThreadTest {
  private static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(10, TimeUnit.SECONDS));
  }

  @Test
  void runsWorkInOrderOnItsOwnThread() throws InterruptedException {
    try (LoopThread loop = new LoopThread("test")) {
      List<Integer> ran = new CopyOnWriteArrayList<>();
      CountDownLatch done = new CountDownLatch(1);
      loop.execute(() -> ran.add(loop.inLoop() ? 1 : -1));
      loop.execute(() -> ran.add(2));
      loop.execute(done::countDown);
      await(done);
      assertEquals(List.of(1, 2), ran);
      assertFalse(loop.inLoop());
      assertEquals(0, loop.depth());
    }
  }

  @Test
  void timersFireInTheOrderOfTheirTimesUnlessCancelled() throws InterruptedException {
    try (LoopThread loop = new LoopThread("test")) {
      List<String> ran = new CopyOnWriteArrayList<>();
      CountDownLatch done = new CountDownLatch(1);
      loop.schedule(Duration.ofMillis(60), done::countDown);
      loop.schedule(Duration.ofMillis(40), () -> ran.add("second"));
      EventLoop.Timer cancelled = loop.schedule(Duration.ofMillis(30), () -> ran.add("never"));
      loop.schedule(Duration.ofMillis(20), () -> ran.add("first"));
      cancelled.cancel();
      await(done);
      assertEquals(List.of("first", "second"), ran);
    }
  }

  @Test
  void failingWorkIsReportedAndEndsNothing() throws InterruptedException {
    AtomicReference<Throwable> fault = new AtomicReference<>();
    try (LoopThread loop = new LoopThread("test", fault::set)) {
      CountDownLatch done = new CountDownLatch(1);
      loop.execute(
          () -> {
            throw new IllegalStateException("broken");
          });
      loop.execute(done::countDown);
      await(done);
      assertEquals("broken", fault.get().getMessage());
    }
  }

  @Test
  void nothingRunsAfterClosing() {
    LoopThread loop = new LoopThread("test");
    loop.close();
    List<String> ran = new CopyOnWriteArrayList<>();
    loop.execute(() -> ran.add("work"));
    loop.schedule(Duration.ZERO, () -> ran.add("timer"));
    assertEquals(List.of(), ran);
  }
}
