package org.blockraft.testnet;

/** The local network cannot do what was asked; the message is for the person who asked. */
final class NetworkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NetworkException(String message) {
    super(message);
  }
}
