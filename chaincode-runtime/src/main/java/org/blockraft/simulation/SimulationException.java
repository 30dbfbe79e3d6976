package org.blockraft.simulation;

/** A simulation step that Fabric refuses; the message is Fabric's text and reaches the client. */
public final class SimulationException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** A refusal with Fabric's text. */
  public SimulationException(String message) {
    super(message);
  }

  /** A refusal with Fabric's text, and what led to it. */
  public SimulationException(String message, Throwable cause) {
    super(message, cause);
  }
}
