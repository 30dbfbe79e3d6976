package org.blockraft.intake;

import io.grpc.Status;
import java.util.Locale;

/** Failed calls in the words of Fabric's gRPC library, which end up in error details of clients. */
final class RpcErrors {
  private RpcErrors() {}

  static String text(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      description = "context deadline exceeded";
    }
    return "rpc error: code = %s desc = %s".formatted(codeName(status.getCode()), description);
  }

  private static String codeName(Status.Code code) {
    if (code == Status.Code.CANCELLED) {
      return "Canceled";
    }
    if (code == Status.Code.OK) {
      return "OK";
    }
    StringBuilder name = new StringBuilder();
    for (String word : code.name().toLowerCase(Locale.ROOT).split("_", -1)) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.toString();
  }
}
