package org.blockraft.cluster;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls of other nodes beside their links, and refuses those that are too many. */
final class RelayLimit implements ServerInterceptor {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  RelayLimit(int most, MeterRegistry meters) {
    this.most = most;
    Gauge.builder("cluster.relays", open, AtomicInteger::get)
        .description("The number of streams that other nodes pass on to this one.")
        .register(meters);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      call.close(
          Status.UNAVAILABLE.withDescription("too many streams from other nodes"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (RuntimeException | Error e) {
      open.decrementAndGet();
      throw e;
    }
    // gRPC calls one of these, once.
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        open.decrementAndGet();
        super.onCancel();
      }

      @Override
      public void onComplete() {
        open.decrementAndGet();
        super.onComplete();
      }
    };
  }
}
