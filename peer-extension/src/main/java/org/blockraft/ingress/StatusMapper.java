package org.blockraft.ingress;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.blockraft.endorse.ProposalRejected;
import org.blockraft.identity.IdentityException;
import org.blockraft.ledger.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where an exception becomes a gRPC status. A Go handler that returns a plain error
 * answers UNKNOWN with the error's text, so does every exception whose text is Fabric's own; a
 * status passes as it is; anything else is a bug of ours and is logged.
 */
final class StatusMapper {
  private static final Logger LOG = LoggerFactory.getLogger(StatusMapper.class);

  private StatusMapper() {}

  static StatusRuntimeException map(Throwable failure) {
    return switch (failure) {
      case StatusRuntimeException status -> status;
      case StatusException status ->
          new StatusRuntimeException(status.getStatus(), status.getTrailers());
      case CompletionException wrapped when wrapped.getCause() != null -> map(wrapped.getCause());
      case ExecutionException wrapped when wrapped.getCause() != null -> map(wrapped.getCause());
      case ProposalRejected e -> unknown(e);
      case IdentityException e -> unknown(e);
      case LedgerException e -> unknown(e);
      case ServiceException e -> unknown(e);
      default -> {
        LOG.error("A call failed for a reason nobody expected", failure);
        yield unknown(failure);
      }
    };
  }

  private static StatusRuntimeException unknown(Throwable failure) {
    return Status.UNKNOWN
        .withDescription(String.valueOf(failure.getMessage()))
        .withCause(failure)
        .asRuntimeException();
  }
}
