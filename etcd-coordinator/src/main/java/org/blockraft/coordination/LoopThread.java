package org.blockraft.coordination;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real {@link EventLoop}: one daemon thread.
 *
 * <p>The queue is bounded. Another thread that finds it full waits for room, and is refused when
 * there is none for {@link #FULL_WAIT}: the loop hangs then. The loop's own thread is never made to
 * wait for itself. Timers that are due go before waiting work, so that a flood of messages delays
 * no heartbeat.
 */
public final class LoopThread implements EventLoop, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

  /** Messages of some tens of milliseconds under full load; more means that the loop hangs. */
  private static final int DEPTH_MAX = 1 << 16;

  private static final Duration FULL_WAIT = Duration.ofSeconds(10);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition something = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
  private final PriorityQueue<Scheduled> timers = new PriorityQueue<>();
  private final Consumer<Throwable> faults;
  private final Thread thread;
  private long timersMade;
  private boolean idle;
  private boolean closed;

  /** A loop that logs what its work throws. */
  public LoopThread(String name) {
    this(name, fault -> LOG.error("Work on the loop {} failed", name, fault));
  }

  /**
   * @param faults hears on the loop what work threw
   */
  public LoopThread(String name, Consumer<Throwable> faults) {
    this.faults = faults;
    this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** Work that waits, without timers. */
  public int depth() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void execute(Runnable work) {
    lock.lock();
    try {
      if (queue.size() >= DEPTH_MAX && !inLoop()) {
        awaitRoom();
      }
      if (closed) {
        return;
      }
      queue.add(work);
      wake();
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom() {
    long left = FULL_WAIT.toNanos();
    try {
      while (queue.size() >= DEPTH_MAX && !closed) {
        if (left <= 0) {
          throw new RejectedExecutionException(
              "loop " + thread.getName() + " has had no room for " + FULL_WAIT);
        }
        left = room.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedExecutionException("interrupted before " + thread.getName(), e);
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable work) {
    lock.lock();
    try {
      Scheduled timer = new Scheduled(nanoTime() + delay.toNanos(), timersMade++, work);
      if (!closed) {
        timers.add(timer);
        wake();
      }
      return timer;
    } finally {
      lock.unlock();
    }
  }

  /** Only with the lock; a busy loop looks by itself. */
  private void wake() {
    if (idle) {
      idle = false;
      something.signal();
    }
  }

  /** Ends after the work that runs now; the rest is dropped. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      timers.clear();
      something.signal();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    if (!inLoop()) {
      try {
        thread.join(CLOSE_WAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    for (Runnable work = next(); work != null; work = next()) {
      try {
        work.run();
      } catch (RuntimeException | Error fault) {
        faults.accept(fault);
      }
    }
  }

  private Runnable next() {
    lock.lock();
    try {
      while (!closed) {
        Scheduled first = timers.peek();
        long wait = first == null ? Long.MAX_VALUE : first.due - nanoTime();
        if (first != null && wait <= 0) {
          timers.remove();
          return first.work;
        }
        Runnable work = queue.poll();
        if (work != null) {
          if (queue.size() == DEPTH_MAX - 1) {
            room.signalAll();
          }
          return work;
        }
        idle = true;
        try {
          something.awaitNanos(wait);
        } catch (InterruptedException e) {
          LOG.warn("Thread {} was interrupted; it goes on", thread.getName());
        }
        idle = false;
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private final class Scheduled implements Timer, Comparable<Scheduled> {
    private final long due;
    private final long sequence;
    private final Runnable work;

    private Scheduled(long due, long sequence, Runnable work) {
      this.due = due;
      this.sequence = sequence;
      this.work = work;
    }

    @Override
    public void cancel() {
      lock.lock();
      try {
        timers.remove(this);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public int compareTo(Scheduled other) {
      return due != other.due
          ? Long.compare(due - other.due, 0)
          : Long.compare(sequence, other.sequence);
    }
  }
}
