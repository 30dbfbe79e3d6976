package org.blockraft.operations;

/** One component's health; asked on every GET of /healthz, on a virtual thread. */
@FunctionalInterface
public interface HealthCheck {
  /**
   * Returns when the component is well.
   *
   * @throws Exception when it is not; the message is the reason that /healthz shows
   */
  void check() throws Exception;
}
