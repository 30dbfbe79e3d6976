package org.blockraft.ingress;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses calls of a service that has as many under way as it may.
 *
 * <p>Fabric source: internal/peer/node/grpc_limiters.go.
 */
final class CallLimiter implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(CallLimiter.class);

  private final ConcurrencyLimits limits;
  private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();

  CallLimiter(ConcurrencyLimits limits) {
    this.limits = limits;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String service = String.valueOf(call.getMethodDescriptor().getServiceName());
    int limit = limits.of(service);
    if (limit <= 0) {
      return next.startCall(call, headers);
    }
    Semaphore free = permits.computeIfAbsent(service, _ -> new Semaphore(limit));
    if (!free.tryAcquire()) {
      String text =
          "too many requests for /" + service + ", exceeding concurrency limit (" + limit + ")";
      LOG.error("{}", text);
      call.close(Status.UNKNOWN.withDescription(text), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return limited(call, headers, next, free);
  }

  private static <Q, R> ServerCall.Listener<Q> limited(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next, Semaphore free) {
    AtomicBoolean released = new AtomicBoolean();
    Runnable release =
        () -> {
          if (released.compareAndSet(false, true)) {
            free.release();
          }
        };
    ServerCall<Q, R> releasing =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            // Before the client can see the end of this call and send its next one.
            release.run();
            super.close(status, trailers);
          }
        };
    try {
      return new SimpleForwardingServerCallListener<>(next.startCall(releasing, headers)) {
        @Override
        public void onCancel() {
          release.run();
          super.onCancel();
        }

        @Override
        public void onComplete() {
          release.run();
          super.onComplete();
        }
      };
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }
}
