package org.blockraft.coordination;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Takes the first answer of a call, or its failure; exactly one of the two is called, once. */
final class FirstAnswer<R> implements StreamObserver<R> {
  private final Consumer<R> answered;
  private final Consumer<Status> failed;
  private final AtomicBoolean done = new AtomicBoolean();

  FirstAnswer(Consumer<R> answered, Consumer<Status> failed) {
    this.answered = answered;
    this.failed = failed;
  }

  @Override
  public void onNext(R answer) {
    if (done.compareAndSet(false, true)) {
      answered.accept(answer);
    }
  }

  @Override
  public void onError(Throwable error) {
    if (done.compareAndSet(false, true)) {
      failed.accept(Status.fromThrowable(error));
    }
  }

  @Override
  public void onCompleted() {
    if (done.compareAndSet(false, true)) {
      failed.accept(Status.UNAVAILABLE.withDescription("etcd ended the call without an answer"));
    }
  }
}
