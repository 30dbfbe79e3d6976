package org.blockraft.chaincode;

/**
 * A failure to install, build, launch or execute chaincode. {@link #getMessage()} is exactly the
 * text that a stock peer gives its client for the same failure. Immutable.
 */
public class ChaincodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with stock's text. */
  public ChaincodeException(String message) {
    super(message);
  }

  /** A failure with stock's text and what led to it. */
  public ChaincodeException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The failure {@code cause} with more context: "context: cause". */
  static ChaincodeException wrap(String context, Throwable cause) {
    return new ChaincodeException(context + ": " + cause.getMessage(), cause);
  }
}
