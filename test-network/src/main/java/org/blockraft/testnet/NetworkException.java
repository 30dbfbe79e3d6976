package org.blockraft.testnet;

/** The local network cannot do what was asked; the message is for the person who asked. */
public final class NetworkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NetworkException(String message) {
    super(message);
  }
}
