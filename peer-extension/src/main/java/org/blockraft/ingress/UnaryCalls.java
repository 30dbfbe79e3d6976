package org.blockraft.ingress;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Callable;

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
}
