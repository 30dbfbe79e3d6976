package org.blockraft.state;

/** The store failed or holds what it cannot hold: never an answer to a client, always a fault. */
public final class StateException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** A fault found by this package. */
  public StateException(String message) {
    super(message);
  }

  /** A fault of the storage engine. */
  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
