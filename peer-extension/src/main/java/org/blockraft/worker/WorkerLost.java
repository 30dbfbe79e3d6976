package org.blockraft.worker;

/** A worker went away before it answered, or is behind; its task can be given to another one. */
public final class WorkerLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WorkerLost(String message, Throwable cause) {
    super(message, cause);
  }
}
