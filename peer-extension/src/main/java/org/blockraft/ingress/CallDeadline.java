package org.blockraft.ingress;

import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Waits for something no longer than the call goes on that is served by this thread. */
final class CallDeadline {
  private CallDeadline() {}

  /** The call was over first: cancelled by the client, or its deadline passed. */
  static final class Over extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean deadline;

    Over(boolean deadline) {
      super(deadline ? "context deadline exceeded" : "context canceled");
      this.deadline = deadline;
    }

    boolean isDeadline() {
      return deadline;
    }
  }

  /**
   * The result of a future.
   *
   * @throws Over when the call ended first
   * @throws ExecutionException when the future failed
   */
  static <T> T await(CompletableFuture<T> future)
      throws Over, ExecutionException, InterruptedException {
    Context context = Context.current();
    CompletableFuture<T> first = future.copy();
    Context.CancellationListener listener =
        ended ->
            first.completeExceptionally(
                new Over(ended.cancellationCause() instanceof TimeoutException));
    context.addListener(listener, Runnable::run);
    try {
      return first.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Over over) {
        throw over;
      }
      throw e;
    } finally {
      context.removeListener(listener);
    }
  }
}
