package org.blockraft.ingress;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.BooleanSupplier;

/**
 * Responses of a stream for straight code on a thread of its own: sending waits for a client that
 * does not keep up. Owned by the handler's thread, but for what gRPC calls.
 */
class ResponseStream<R> {
  /** A wait looks around after this long, should a notice ever be lost. */
  private static final long LOOK_MILLIS = 10_000;

  private final ServerCallStreamObserver<R> responses;
  private boolean cancelled;
  private Runnable onCancel = () -> {};

  ResponseStream(ServerCallStreamObserver<R> responses) {
    this.responses = responses;
    responses.setOnReadyHandler(this::wake);
    responses.setOnCancelHandler(this::cancel);
  }

  /** Sends a response as soon as the transport takes it. */
  final void send(R response) {
    synchronized (this) {
      awaitWhile(() -> !responses.isReady());
      requireOpen();
    }
    responses.onNext(response);
  }

  final void complete() {
    responses.onCompleted();
  }

  final void fail(StatusRuntimeException failure) {
    responses.onError(failure);
  }

  final synchronized boolean isCancelled() {
    return cancelled;
  }

  /** What to do when the client goes away, on a thread of gRPC; at once when it has gone. */
  final void onCancel(Runnable action) {
    boolean now;
    synchronized (this) {
      onCancel = action;
      now = cancelled;
    }
    if (now) {
      action.run();
    }
  }

  private void requireOpen() {
    if (cancelled) {
      throw gone();
    }
  }

  /**
   * Waits while a condition holds and the client is there; notices come with this object's lock.
   */
  final synchronized void awaitWhile(BooleanSupplier condition) {
    while (condition.getAsBoolean()) {
      requireOpen();
      try {
        wait(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw gone();
      }
    }
  }

  final void cancel() {
    Runnable action;
    synchronized (this) {
      cancelled = true;
      action = onCancel;
      notifyAll();
    }
    action.run();
  }

  final synchronized void wake() {
    notifyAll();
  }

  static StatusRuntimeException gone() {
    return Status.CANCELLED.withDescription("context canceled").asRuntimeException();
  }
}
