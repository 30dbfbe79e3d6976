package org.blockraft.merkle;

/**
 * The tree cannot go on: its rows are corrupt, or the state and the tree do not belong together.
 */
public final class MerkleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a text for the operator. */
  public MerkleException(String message) {
    super(message);
  }

  /** With what went wrong below. */
  public MerkleException(String message, Throwable cause) {
    super(message, cause);
  }
}
