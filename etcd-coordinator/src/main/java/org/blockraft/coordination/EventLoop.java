package org.blockraft.coordination;

import java.time.Duration;

/**
 * One thread's queue of work and timers.
 *
 * <p>What decides something about the cluster runs on the one loop of its node, needs no locks, and
 * takes its time from here. {@link LoopThread} is the real one; simulations have one that runs in
 * virtual time. Work never blocks. Work that throws is reported to the loop's owner and does not
 * end the loop.
 */
public interface EventLoop {

  /** Monotonic time in nanoseconds, of no fixed origin; from any thread. */
  long nanoTime();

  /** Runs the work on the loop, after what is already waiting; from any thread. */
  void execute(Runnable work);

  /**
   * Runs the work on the loop once the delay is over; from any thread.
   *
   * @param delay none or negative: as soon as possible
   */
  Timer schedule(Duration delay, Runnable work);

  /** Whether the caller is on this loop. */
  boolean inLoop();

  /** Work that waits for its time. */
  interface Timer {

    /** Takes the work back when it has not started; from any thread, any number of times. */
    void cancel();
  }
}
