package org.blockraft.peer;

/** The cluster does not want this node, for the reason in the message. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
