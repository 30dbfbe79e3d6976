package org.blockraft.simulation;

/**
 * Settings of core.yaml that change what a simulation reads, and so the bytes of its read-write
 * set: all endorsing peers of a chaincode must agree on them.
 *
 * @param totalQueryLimit rows that one query may return, {@code ledger.state.totalQueryLimit}
 */
public record SimulationSettings(int totalQueryLimit) {

  /** What stock's core.yaml says. */
  public static final SimulationSettings DEFAULTS = new SimulationSettings(100_000);

  /** Checks the values. */
  public SimulationSettings {
    if (totalQueryLimit <= 0) {
      throw new IllegalArgumentException("totalQueryLimit must be positive");
    }
  }
}
