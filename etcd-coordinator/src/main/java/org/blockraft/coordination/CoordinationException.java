package org.blockraft.coordination;

/** The cluster's coordination cannot do what was asked; the message says why, for an operator. */
public class CoordinationException extends RuntimeException {

  public CoordinationException(String message) {
    super(message);
  }

  public CoordinationException(String message, Throwable cause) {
    super(message, cause);
  }
}
