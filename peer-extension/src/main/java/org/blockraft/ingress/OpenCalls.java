package org.blockraft.ingress;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts the calls under way, so that a server that stops can let them end. Thread-safe. */
final class OpenCalls implements ServerInterceptor {
  private int unary;
  private int streams;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    boolean isUnary = call.getMethodDescriptor().getType() == MethodType.UNARY;
    AtomicBoolean counted = new AtomicBoolean(true);
    Runnable ended =
        () -> {
          if (counted.compareAndSet(true, false)) {
            add(isUnary, -1);
          }
        };
    add(isUnary, 1);
    try {
      return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
        @Override
        public void onCancel() {
          ended.run();
          super.onCancel();
        }

        @Override
        public void onComplete() {
          // The answer has been sent by now.
          ended.run();
          super.onComplete();
        }
      };
    } catch (RuntimeException e) {
      ended.run();
      throw e;
    }
  }

  private synchronized void add(boolean isUnary, int calls) {
    if (isUnary) {
      unary += calls;
    } else {
      streams += calls;
    }
    notifyAll();
  }

  /**
   * Waits until there are none.
   *
   * @return false if there still are some after these times
   */
  synchronized boolean awaitNone(Duration unaryMax, Duration streamsMax)
      throws InterruptedException {
    long begin = System.nanoTime();
    while (unary > 0 || streams > 0) {
      long unaryLeft = unary > 0 ? unaryMax.toNanos() - (System.nanoTime() - begin) : 0;
      long streamsLeft = streams > 0 ? streamsMax.toNanos() - (System.nanoTime() - begin) : 0;
      long left = Math.max(unaryLeft, streamsLeft);
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, Duration.ofNanos(left).toMillis()));
    }
    return true;
  }

  @Override
  public synchronized String toString() {
    return unary + " unary, " + streams + " streams";
  }
}
