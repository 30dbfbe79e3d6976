package org.blockraft.coordination;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Gives each request to etcd a deadline and brings its outcome back onto the loop. What comes after
 * the deadline is dropped: its effects are seen by the watch. Owned by the loop.
 */
final class EtcdCalls {
  private final EventLoop loop;
  private final Duration timeout;
  private long lastAnswerNanos;
  private boolean answered;
  private boolean closed;

  EtcdCalls(EventLoop loop, Duration timeout) {
    this.loop = loop;
    this.timeout = timeout;
  }

  /** Exactly one of the two is called, later and on the loop, unless this is closed before. */
  <T> void call(
      CompletableFuture<T> request, Consumer<T> done, Consumer<CoordinationException> failed) {
    Call<T> call = new Call<>(done, failed);
    call.deadline =
        loop.schedule(
            timeout,
            () -> call.end(null, new CoordinationException("etcd has not answered in " + timeout)));
    CompletableFuture<T> _ =
        request.whenComplete(
            (result, error) ->
                loop.execute(() -> call.end(result, error == null ? null : of(error))));
  }

  /** Whether etcd answered within that time. */
  boolean answeredWithin(Duration age) {
    return answered && loop.nanoTime() - lastAnswerNanos <= age.toNanos();
  }

  /** Nothing is called back any more. */
  void close() {
    closed = true;
  }

  static CoordinationException of(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof CoordinationException known
        ? known
        : new CoordinationException("request to etcd failed: " + cause, cause);
  }

  private final class Call<T> {
    private final Consumer<T> done;
    private final Consumer<CoordinationException> failed;
    private EventLoop.Timer deadline;
    private boolean ended;

    private Call(Consumer<T> done, Consumer<CoordinationException> failed) {
      this.done = done;
      this.failed = failed;
    }

    private void end(T result, CoordinationException error) {
      if (ended || closed) {
        return;
      }
      ended = true;
      deadline.cancel();
      if (error == null) {
        answered = true;
        lastAnswerNanos = loop.nanoTime();
        done.accept(result);
      } else {
        failed.accept(error);
      }
    }
  }
}
