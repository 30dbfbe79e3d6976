package org.blockraft.lifecycle;

/**
 * A lifecycle operation that cannot be carried out. The message is exactly the text that Fabric
 * gives a client for the same cause.
 */
public class LifecycleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LifecycleException(String message) {
    super(message);
  }

  public LifecycleException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Puts {@code context} in front of the text of {@code cause}, as Fabric's error wrapping does.
   */
  static LifecycleException wrap(RuntimeException cause, String context) {
    return new LifecycleException(context + ": " + cause.getMessage(), cause);
  }
}
