package org.blockraft.ingress;

import io.grpc.Status;

/** Status codes and errors as Go's gRPC writes them. */
final class GoStatus {
  private GoStatus() {}

  /** For example DeadlineExceeded. */
  static String name(Status.Code code) {
    return switch (code) {
      case OK -> "OK";
      case CANCELLED -> "Canceled";
      case UNKNOWN -> "Unknown";
      case INVALID_ARGUMENT -> "InvalidArgument";
      case DEADLINE_EXCEEDED -> "DeadlineExceeded";
      case NOT_FOUND -> "NotFound";
      case ALREADY_EXISTS -> "AlreadyExists";
      case PERMISSION_DENIED -> "PermissionDenied";
      case RESOURCE_EXHAUSTED -> "ResourceExhausted";
      case FAILED_PRECONDITION -> "FailedPrecondition";
      case ABORTED -> "Aborted";
      case OUT_OF_RANGE -> "OutOfRange";
      case UNIMPLEMENTED -> "Unimplemented";
      case INTERNAL -> "Internal";
      case UNAVAILABLE -> "Unavailable";
      case DATA_LOSS -> "DataLoss";
      case UNAUTHENTICATED -> "Unauthenticated";
    };
  }

  /** The text of a failed call, as a Go client's error shows it. */
  static String error(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    return "rpc error: code = " + name(status.getCode()) + " desc = " + description;
  }
}
