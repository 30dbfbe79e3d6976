package org.blockraft.endorse;

/** An accepted proposal that could not be endorsed; a client sees status 500 with the message. */
final class EndorsementFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EndorsementFailure(String message) {
    super(message);
  }

  /** Puts a context before the text of a cause, the way Fabric wraps errors. */
  static EndorsementFailure wrap(RuntimeException cause, String context) {
    EndorsementFailure failure = new EndorsementFailure(context + ": " + cause.getMessage());
    failure.initCause(cause);
    return failure;
  }
}
