package org.blockraft.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Answers a unary call with what a handler returns or throws. */
final class UnaryCalls {
  private UnaryCalls() {}

  static <R> void answer(StreamObserver<R> responses, Callable<R> handler) {
    R response;
    try {
      response = handler.call();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      responses.onError(StatusMapper.map(e));
      return;
    }
    responses.onNext(response);
    responses.onCompleted();
  }

  /** Answers when a result is there, in the thread that completes it. */
  static <R> void answer(StreamObserver<R> responses, CompletableFuture<R> result) {
    // With a handler, an answer to a client that has gone is dropped without an exception.
    ((ServerCallStreamObserver<R>) responses).setOnCancelHandler(() -> {});
    var _ =
        result.whenComplete(
            (response, failure) -> {
              if (failure != null) {
                responses.onError(StatusMapper.map(failure));
              } else {
                responses.onNext(response);
                responses.onCompleted();
              }
            });
  }
}
