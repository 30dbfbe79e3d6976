package org.blockraft.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** A {@link ResponseStream} with requests to read; at most one request is held. */
final class BlockingStream<Q, R> extends ResponseStream<R> {
  private final ServerCallStreamObserver<R> responses;
  private Q held;
  private boolean halfClosed;

  BlockingStream(ServerCallStreamObserver<R> responses) {
    super(responses);
    this.responses = responses;
    responses.disableAutoRequest();
  }

  /** The next request; empty when the client sends no more. */
  synchronized Optional<Q> receive() {
    responses.request(1);
    awaitWhile(() -> held == null && !halfClosed);
    Q request = held;
    held = null;
    return Optional.ofNullable(request);
  }

  /** Where gRPC puts what the client sends. */
  StreamObserver<Q> requests() {
    return new StreamObserver<>() {
      @Override
      public void onNext(Q request) {
        put(request);
      }

      @Override
      public void onError(Throwable failure) {
        cancel();
      }

      @Override
      public void onCompleted() {
        halfClose();
      }
    };
  }

  private synchronized void put(Q request) {
    held = request;
    notifyAll();
  }

  private synchronized void halfClose() {
    halfClosed = true;
    notifyAll();
  }
}
