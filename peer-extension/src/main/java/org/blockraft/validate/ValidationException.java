package org.blockraft.validate;

/**
 * Validation could not be carried out. Stops the channel: a failure inside the peer is never turned
 * into an invalid flag.
 */
public final class ValidationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ValidationException(String message) {
    super(message);
  }

  public ValidationException(String message, Throwable cause) {
    super(message, cause);
  }
}
