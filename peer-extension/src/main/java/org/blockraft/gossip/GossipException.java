package org.blockraft.gossip;

/** What another peer sent cannot be accepted, or it cannot be reached. */
final class GossipException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GossipException(String message) {
    super(message);
  }

  GossipException(String message, Throwable cause) {
    super(message, cause);
  }
}
