package org.blockraft.replication;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.blockraft.coordination.SimulatedLoop;

/**
 * The blocking threads of one process in virtual time. They are real threads, but one runs at a
 * time, while the simulation stands still, until it waits or ends; so the same seed gives the same
 * run. They stop with their process and die with it.
 */
final class SimulatedThreads implements Waits {
  /** Real time; a thread that runs longer waits for something that the simulation cannot see. */
  private static final long STUCK_SECONDS = 60;

  /** No thread goes on at the instant it is woken, so that time passes for one that polls. */
  private static final Duration WAKE_UP = Duration.ofNanos(1_000);

  private final SimulatedLoop loop;
  private final Set<Task> tasks = new LinkedHashSet<>();
  private Task running;

  /** Ends a thread whose process is gone. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super(null, null, false, false);
    }
  }

  private static final class Task {
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore over = new Semaphore(0);
    private long waits;
    private boolean started;
    private boolean killed;
    private Throwable failure;
  }

  SimulatedThreads(SimulatedLoop loop) {
    this.loop = loop;
  }

  @Override
  public long nanoTime() {
    return loop.nanoTime();
  }

  @Override
  public void start(String name, Runnable work) {
    Task task = new Task();
    tasks.add(task);
    Thread thread = Thread.ofVirtual().name(name).unstarted(() -> run(task, work));
    loop.execute(
        () -> {
          if (tasks.contains(task)) {
            task.started = true;
            thread.start();
            give(task);
          }
        });
  }

  private void run(Task task, Runnable work) {
    try {
      take(task);
      work.run();
    } catch (Killed e) {
      task.failure = null;
    } catch (Throwable e) {
      task.failure = e;
    } finally {
      tasks.remove(task);
      task.over.release();
    }
  }

  /** Lets a thread run until it waits or ends; called by the simulation. */
  private void give(Task task) {
    Task before = running;
    running = task;
    task.turn.release();
    acquire(task.over);
    running = before;
    if (task.failure != null) {
      throw new AssertionError(task.failure);
    }
  }

  private static void take(Task task) {
    task.turn.acquireUninterruptibly(); // in the end the process is killed
    if (task.killed) {
      throw new Killed();
    }
  }

  private static void acquire(Semaphore semaphore) {
    try {
      if (!semaphore.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("a thread of the simulation hangs");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public boolean await(CompletableFuture<?> future, Duration atMost) {
    if (!future.isDone()) {
      Task task = running;
      long number = ++task.waits;
      Runnable wake = () -> wake(task, number);
      var timer = loop.schedule(atMost.isNegative() ? Duration.ZERO : atMost, wake);
      var _ = future.whenComplete((done, failure) -> loop.execute(wake));
      park(task);
      timer.cancel();
    }
    return future.isDone();
  }

  @Override
  public void pause(Duration duration) {
    Task task = running;
    long number = ++task.waits;
    var _ = loop.schedule(duration.plus(WAKE_UP), () -> wake(task, number));
    park(task);
  }

  private static void park(Task task) {
    task.over.release();
    take(task);
  }

  private void wake(Task task, long number) {
    if (task.waits == number && tasks.contains(task)) {
      task.waits++;
      give(task);
    }
  }

  /** All threads end where they wait; not called by one of them. */
  void kill() {
    for (Task task : List.copyOf(tasks)) {
      tasks.remove(task);
      if (task.started) {
        task.killed = true;
        task.turn.release();
        acquire(task.over);
      }
    }
  }
}
