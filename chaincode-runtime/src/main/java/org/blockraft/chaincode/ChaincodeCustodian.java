package org.blockraft.chaincode;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does in the background what definitions and packages call for as they come and go: builds what is
 * installed, launches what is defined and installed, stops what is no longer defined. One thread,
 * in order. Its failures are only logged; an invocation will try again and tell its client. Fabric:
 * core/chaincode/lifecycle/custodian.go.
 */
public final class ChaincodeCustodian implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("lifecycle");

  /**
   * Chores come from commits and installs, which are rare; a peer with more packages than this does
   * without some.
   */
  private static final int CHORES_MAX = 10_000;

  private final BlockingQueue<Runnable> chores = new ArrayBlockingQueue<>(CHORES_MAX);
  private final Consumer<String> build;
  private final Consumer<String> launch;
  private final Consumer<String> stop;
  private final Thread worker;

  ChaincodeCustodian(Consumer<String> build, Consumer<String> launch, Consumer<String> stop) {
    this.build = build;
    this.launch = launch;
    this.stop = stop;
    this.worker = Thread.ofVirtual().name("chaincode-custodian").start(this::work);
  }

  /** A package is on this peer; it is built. */
  public void installed(String packageId) {
    add("build", build, packageId);
  }

  /** A package is on this peer and a definition asks for it; it is launched. */
  public void runnable(String packageId) {
    add("launch", launch, packageId);
  }

  /** No definition asks for a package any more; its process is stopped. */
  public void stoppable(String packageId) {
    add("stop", stop, packageId);
  }

  /** Ends the worker; chores not begun are dropped. */
  @Override
  public void close() {
    worker.interrupt();
  }

  private void add(String what, Consumer<String> chore, String packageId) {
    boolean taken =
        chores.offer(
            () -> {
              try {
                chore.accept(packageId);
              } catch (RuntimeException e) {
                log.warn("could not {} chaincode '{}': {}", what, packageId, e.getMessage());
              }
            });
    if (!taken) {
      log.warn("too many chores, will not {} chaincode '{}'", what, packageId);
    }
  }

  private void work() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        chores.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
