package org.blockraft.lifecycle;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds packages found at start, launches what becomes runnable and stops what no definition uses,
 * one after the other on a thread of its own, so that neither commits nor clients wait for it. A
 * failure is logged only: the next invocation tries again.
 *
 * <p>Fabric source: core/chaincode/lifecycle/custodian.go.
 */
public final class ChaincodeCustodian implements PackageEvents, Runnable, AutoCloseable {
  /** Definitions change a few times a day; beyond this, notes are dropped with a warning. */
  private static final int CHORES_MAX = 10_000;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger("lifecycle");

  private final Consumer<String> build;
  private final Consumer<String> launch;
  private final Consumer<String> stop;
  private final BlockingQueue<Chore> chores = new LinkedBlockingQueue<>(CHORES_MAX);
  private volatile boolean closed;

  private record Chore(String verb, Consumer<String> action, String packageId) {}

  /**
   * @param build builds the package with the given id unless it is built
   * @param launch launches the built package with the given id unless it runs
   * @param stop stops the package with the given id if it runs
   */
  public ChaincodeCustodian(
      Consumer<String> build, Consumer<String> launch, Consumer<String> stop) {
    this.build = build;
    this.launch = launch;
    this.stop = stop;
  }

  @Override
  public void installed(String packageId) {
    add(new Chore("build", build, packageId));
  }

  @Override
  public void runnable(String packageId) {
    add(new Chore("launch", launch, packageId));
  }

  @Override
  public void stoppable(String packageId) {
    add(new Chore("stop", stop, packageId));
  }

  private void add(Chore chore) {
    if (!chores.offer(chore)) {
      LOG.warn("too many pending chores: will not {} '{}'", chore.verb(), chore.packageId());
    }
  }

  /** Works until closed or interrupted. */
  @Override
  public void run() {
    try {
      while (!closed) {
        Chore chore = chores.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (chore != null) {
          work(chore);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void work(Chore chore) {
    try {
      chore.action().accept(chore.packageId());
    } catch (RuntimeException e) {
      LOG.warn(
          "could not {} chaincode '{}': {}", chore.verb(), chore.packageId(), e.getMessage());
    }
  }

  /** Lets {@link #run} end within a second; what is pending is dropped. */
  @Override
  public void close() {
    closed = true;
  }
}
