package org.blockraft.chaincode;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One launch of a chaincode, which many executions may wait for. The first outcome counts.
 * Thread-safe.
 */
final class Launch {

  /** An outcome: registered and ready, or not. */
  sealed interface Outcome permits Registered, NotRegistered, NotStarted {}

  /** The chaincode takes transactions. */
  record Registered() implements Outcome {}

  /** The chaincode's registration failed, or it ended before it registered. */
  record NotRegistered(ChaincodeException failure) implements Outcome {}

  /** The chaincode could not be built, dialed or run. */
  record NotStarted(ChaincodeException failure) implements Outcome {}

  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final CompletableFuture<Void> abandoned = new CompletableFuture<>();

  void succeeded() {
    outcome.complete(new Registered());
  }

  void failed(ChaincodeException failure) {
    outcome.complete(new NotRegistered(failure));
  }

  void notStarted(ChaincodeException failure) {
    outcome.complete(new NotStarted(failure));
  }

  /** Whether the launch ended badly. */
  boolean isFailed() {
    Outcome now = outcome.getNow(null);
    return now != null && !(now instanceof Registered);
  }

  /** Nobody wants the chaincode of this launch any more. */
  void abandon() {
    abandoned.complete(null);
  }

  /** What to do when the launch is abandoned; done at once if it is already. */
  void onAbandon(Runnable cleanUp) {
    var _ = abandoned.thenRun(cleanUp);
  }

  /** Waits for the outcome; null if there is none in time. */
  Outcome await(long nanos) throws InterruptedException {
    try {
      return outcome.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
