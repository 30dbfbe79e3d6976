package org.blockraft.peer;

/** A proof of the state that does not hold, or that the peer does not give. */
final class ProofRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ProofRefused(String message) {
    super(message);
  }
}
