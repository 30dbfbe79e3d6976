package org.blockraft.coordination;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * An {@link EventLoop} in virtual time. It can stand still for a while, as a stopped process does,
 * or for ever, as a killed one.
 */
public final class SimulatedLoop implements EventLoop {

  /** What another thread posts arrives a little later. */
  private static final Duration HAND_OVER = Duration.ofNanos(2_000);

  private final SimulatedTime time;
  private final long originNanos;
  private final double rate;
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();
  private boolean paused;
  private boolean crashed;
  private boolean running;

  SimulatedLoop(SimulatedTime time, long originNanos, double rate) {
    this.time = time;
    this.originNanos = originNanos;
    this.rate = rate;
  }

  /** The node's own clock; it goes on while the node is paused. */
  @Override
  public long nanoTime() {
    return originNanos + (long) (time.nowNanos() * rate);
  }

  @Override
  public void execute(Runnable work) {
    time.after(HAND_OVER, () -> run(work));
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    boolean[] cancelled = new boolean[1];
    time.after(
        Duration.ofNanos((long) (delay.toNanos() / rate)),
        () ->
            run(
                () -> {
                  if (!cancelled[0]) {
                    work.run();
                  }
                }));
    return () -> cancelled[0] = true;
  }

  @Override
  public boolean inLoop() {
    return running;
  }

  private void run(Runnable work) {
    if (crashed) {
      return;
    }
    if (paused) {
      held.add(work);
      return;
    }
    running = true;
    try {
      work.run();
    } finally {
      running = false;
    }
  }

  /** The process is stopped: nothing runs, its clock goes on. */
  public void pause() {
    paused = true;
  }

  /** The process goes on where it was. */
  public void resume() {
    paused = false;
    while (!held.isEmpty()) {
      execute(held.poll());
    }
  }

  /** The process is gone. */
  public void crash() {
    crashed = true;
    held.clear();
  }

  /** Whether the process runs at this instant. */
  public boolean isRunning() {
    return !paused && !crashed;
  }

  public boolean isCrashed() {
    return crashed;
  }
}
