package org.blockraft.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.identity.Malformed;

/**
 * Answers a request that is no protobuf message of its type with INTERNAL and the text of Go's
 * gRPC. Left alone, grpc-java answers UNKNOWN with a text of its own. The marshaller turns such a
 * request into null, and this interceptor the null into the answer.
 */
final class MalformedRequests implements ServerInterceptor {
  /** Why the marshaller gave null; grpc-java hands a message over in the thread that parsed it. */
  private final ThreadLocal<String> failure = new ThreadLocal<>();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    OneEnd<Q, R> guarded = new OneEnd<>(call);
    return new SimpleForwardingServerCallListener<>(next.startCall(guarded, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (refused) {
          return;
        }
        if (message != null) {
          super.onMessage(message);
          return;
        }
        refused = true;
        boolean unary = call.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY;
        String prefix =
            unary
                ? "grpc: error unmarshalling request: "
                : "grpc: failed to unmarshal the received message: ";
        guarded.close(Status.INTERNAL.withDescription(prefix + failure.get()), new Metadata());
        failure.remove();
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }

      @Override
      public void onComplete() {
        if (refused) {
          // To the handler the call was cut off: it must not answer it again.
          super.onCancel();
        } else {
          super.onComplete();
        }
      }
    };
  }

  /**
   * A call that ends once: a handler on a thread of its own does not know yet that its call was
   * ended here, and may still answer it.
   */
  private static final class OneEnd<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean ended;

    OneEnd(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!ended) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!ended) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        super.close(status, trailers);
      }
    }
  }

  /** The same service with marshallers that make null of what they cannot parse. */
  ServerServiceDefinition tolerant(ServerServiceDefinition service) {
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    service.getMethods().forEach(method -> methods.add(tolerant(method)));
    ServiceDescriptor original = service.getServiceDescriptor();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(original.getName())
            .setSchemaDescriptor(original.getSchemaDescriptor());
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  private <Q, R> ServerMethodDefinition<Q, R> tolerant(ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> original = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        original.toBuilder(
                new TolerantMarshaller<>(original.getRequestMarshaller(), failure),
                original.getResponseMarshaller())
            .build(),
        method.getServerCallHandler());
  }

  private record TolerantMarshaller<T>(
      MethodDescriptor.Marshaller<T> inner, ThreadLocal<String> failure)
      implements MethodDescriptor.Marshaller<T> {
    @Override
    public InputStream stream(T value) {
      return inner.stream(value);
    }

    @Override
    public T parse(InputStream stream) {
      try {
        return inner.parse(stream);
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.INTERNAL
            && e.getStatus().getCause() instanceof InvalidProtocolBufferException cause) {
          failure.set(Malformed.text(cause));
          return null;
        }
        throw e;
      }
    }
  }
}
