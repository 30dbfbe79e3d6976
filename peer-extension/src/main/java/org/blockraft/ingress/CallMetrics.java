package org.blockraft.ingress;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts calls and messages and measures calls. The code of a call is the one its handler ended it
 * with, as in stock, even when the client has gone by then.
 *
 * <p>Fabric source: common/grpcmetrics/interceptor.go, metrics.go.
 */
final class CallMetrics implements ServerInterceptor {
  private static final double NANOS_PER_SECOND = 1e9;

  private final MeterRegistry meters;
  private final Map<MethodDescriptor<?, ?>, Method> methods = new ConcurrentHashMap<>();

  CallMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Method method = methods.computeIfAbsent(call.getMethodDescriptor(), m -> new Method(meters, m));
    method.received.increment();
    long start = System.nanoTime();
    ServerCall<Q, R> counted =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void sendMessage(R message) {
            if (!method.unary) {
              method.messagesSent.increment();
            }
            super.sendMessage(message);
          }

          @Override
          public void close(Status status, Metadata trailers) {
            method.completed(status, (System.nanoTime() - start) / NANOS_PER_SECOND);
            super.close(status, trailers);
          }
        };
    ServerCall.Listener<Q> listener = next.startCall(counted, headers);
    if (method.unary) {
      return listener;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(Q message) {
        method.messagesReceived.increment();
        super.onMessage(message);
      }
    };
  }

  /** The meters of one method. */
  private static final class Method {
    private final MeterRegistry meters;
    private final boolean unary;
    private final String service;
    private final String name;
    private final Counter received;
    private final Counter messagesSent;
    private final Counter messagesReceived;
    private final Map<Status.Code, Outcome> outcomes = new ConcurrentHashMap<>();

    private record Outcome(Counter completed, DistributionSummary duration) {}

    Method(MeterRegistry meters, MethodDescriptor<?, ?> method) {
      this.meters = meters;
      this.unary = method.getType() == MethodDescriptor.MethodType.UNARY;
      this.service = String.valueOf(method.getServiceName()).replace('.', '_');
      this.name = String.valueOf(method.getBareMethodName());
      this.received =
          counter(kind() + "_requests_received", "The number of " + kind() + " requests received.");
      this.messagesSent =
          unary ? null : counter("stream_messages_sent", "The number of stream messages sent.");
      this.messagesReceived =
          unary
              ? null
              : counter("stream_messages_received", "The number of stream messages received.");
    }

    private String kind() {
      return unary ? "unary" : "stream";
    }

    private Counter counter(String meter, String help) {
      return Counter.builder("grpc.server." + meter)
          .description(help)
          .tags("service", service, "method", name)
          .register(meters);
    }

    void completed(Status status, double seconds) {
      Outcome outcome = outcomes.computeIfAbsent(status.getCode(), this::outcome);
      outcome.duration.record(seconds);
      outcome.completed.increment();
    }

    private Outcome outcome(Status.Code code) {
      String[] tags = {"service", service, "method", name, "code", GoStatus.name(code)};
      return new Outcome(
          Counter.builder("grpc.server." + kind() + "_requests_completed")
              .description("The number of " + kind() + " requests completed.")
              .tags(tags)
              .register(meters),
          DistributionSummary.builder("grpc.server." + kind() + "_request_duration")
              .description("The time to complete a " + kind() + " request.")
              .tags(tags)
              .register(meters));
    }
  }
}
