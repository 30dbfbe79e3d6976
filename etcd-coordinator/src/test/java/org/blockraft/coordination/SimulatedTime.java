package org.blockraft.coordination;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Virtual time for a whole simulated cluster: all that happens is an event at an instant, run one
 * by one in one thread. The same seed gives the same run.
 */
public final class SimulatedTime {
  private final long seed;
  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNanos;
  private long eventsMade;

  private record Event(long due, long sequence, Runnable work) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return due != other.due
          ? Long.compare(due, other.due)
          : Long.compare(sequence, other.sequence);
    }
  }

  public SimulatedTime(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  public long seed() {
    return seed;
  }

  /** The only source of chance in a simulation. */
  public Random random() {
    return random;
  }

  /** True time since the start, which no node sees. */
  public long nowNanos() {
    return nowNanos;
  }

  /** A loop whose clock has its own origin and a rate that is off by at most half a percent. */
  public SimulatedLoop loop() {
    return new SimulatedLoop(this, random.nextLong(1L << 40), 0.995 + random.nextDouble() / 100);
  }

  /** Something that happens outside of all nodes. */
  public void after(Duration delay, Runnable work) {
    events.add(new Event(nowNanos + Math.max(0, delay.toNanos()), eventsMade++, work));
  }

  /** A duration chosen between the two. */
  public Duration between(Duration least, Duration most) {
    return least.plusNanos((long) (random.nextDouble() * most.minus(least).toNanos()));
  }

  /** Runs the next event; false if there is none. */
  public boolean step() {
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    nowNanos = event.due();
    event.work().run();
    return true;
  }

  /** Runs what happens in that time. */
  public void run(Duration duration) {
    run(duration, () -> {});
  }

  /** Runs what happens in that time, and the check after each event. */
  public void run(Duration duration, Runnable check) {
    long end = nowNanos + duration.toNanos();
    while (!events.isEmpty() && events.peek().due() <= end) {
      step();
      check.run();
    }
    nowNanos = end;
  }

  /** Runs until the condition holds; false if it does not within the limit. */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    return runUntil(condition, limit, () -> {});
  }

  /** Runs until the condition holds, and the check after each event. */
  public boolean runUntil(BooleanSupplier condition, Duration limit, Runnable check) {
    long end = nowNanos + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (events.isEmpty() || events.peek().due() > end) {
        nowNanos = Math.max(nowNanos, end);
        return condition.getAsBoolean();
      }
      step();
      check.run();
    }
    return true;
  }
}
