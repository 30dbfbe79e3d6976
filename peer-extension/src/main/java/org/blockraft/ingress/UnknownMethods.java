package org.blockraft.ingress;

import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Answers calls of methods that are not served with the text of Go's gRPC. */
final class UnknownMethods extends HandlerRegistry {
  private static final MethodDescriptor.Marshaller<InputStream> RAW =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
          return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
          return stream;
        }
      };

  private final Set<String> services;

  UnknownMethods(List<? extends BindableService> services) {
    this.services =
        services.stream()
            .map(service -> service.bindService().getServiceDescriptor().getName())
            .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String fullName, String authority) {
    int slash = fullName.lastIndexOf('/');
    String service = slash < 0 ? fullName : fullName.substring(0, slash);
    String text =
        services.contains(service)
            ? "unknown method " + fullName.substring(slash + 1) + " for service " + service
            : "unknown service " + service;
    return ServerMethodDefinition.create(
        MethodDescriptor.newBuilder(RAW, RAW)
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(fullName)
            .build(),
        (call, headers) -> {
          call.close(Status.UNIMPLEMENTED.withDescription(text), new Metadata());
          return new ServerCall.Listener<>() {};
        });
  }
}
