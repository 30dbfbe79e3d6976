package org.blockraft.intake;

/** An orderer could not be reached or did not answer as it should; the message is Fabric's text. */
public final class OrdererException extends RuntimeException {

  public OrdererException(String message, Throwable cause) {
    super(message, cause);
  }

  public OrdererException(String message) {
    super(message);
  }
}
