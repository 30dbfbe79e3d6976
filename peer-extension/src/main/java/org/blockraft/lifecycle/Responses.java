package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import org.hyperledger.fabric.protos.peer.Response;

/** Responses as Go's chaincode shim makes them. */
final class Responses {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int ERROR = 500;

  private Responses() {}

  static Response success(ByteString payload) {
    return Response.newBuilder().setStatus(OK).setPayload(payload).build();
  }

  static Response error(String message) {
    return Response.newBuilder().setStatus(ERROR).setMessage(message).build();
  }

  static Response notFound(String message) {
    return Response.newBuilder().setStatus(NOT_FOUND).setMessage(message).build();
  }
}
