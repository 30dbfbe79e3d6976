package org.blockraft.ingress;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs how calls ended: failures at INFO, the others at DEBUG. */
final class CallLog implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (!LOG.isInfoEnabled()) {
      return next.startCall(call, headers);
    }
    long start = System.nanoTime();
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (!status.isOk() || LOG.isDebugEnabled()) {
              completed(call, status, System.nanoTime() - start);
            }
            super.close(status, trailers);
          }
        },
        headers);
  }

  private static void completed(ServerCall<?, ?> call, Status status, long nanos) {
    String text =
        "%s completed: %s grpc.peer_address=%s grpc.call_duration=%.3fms"
            .formatted(
                call.getMethodDescriptor().getFullMethodName(),
                status.isOk() ? "OK" : GoStatus.error(status),
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                nanos / 1e6);
    if (status.isOk()) {
      LOG.debug(text);
    } else {
      LOG.info(text);
    }
  }
}
