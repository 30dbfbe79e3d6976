package org.blockraft.replication;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How threads that block wait: really, or in the virtual time of the simulation, where one of them
 * runs at a time.
 */
public interface Waits {
  /** A monotonic clock. */
  long nanoTime();

  /** Waits until the future is completed, however; false when that takes longer. */
  boolean await(CompletableFuture<?> future, Duration atMost) throws InterruptedException;

  void pause(Duration duration) throws InterruptedException;

  /** Runs something in a thread of its own. */
  void start(String name, Runnable work);
}
