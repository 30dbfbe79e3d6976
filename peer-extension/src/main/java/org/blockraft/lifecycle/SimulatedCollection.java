package org.blockraft.lifecycle;

import java.util.SortedMap;
import org.blockraft.simulation.RangeResults;
import org.blockraft.simulation.TransactionSimulator;

/** A collection of the lifecycle's namespace as a transaction sees it. */
record SimulatedCollection(TransactionSimulator simulator, String collection)
    implements WritableState, OpaqueState, RangeableState {
  private static final String NAMESPACE = DeployedChaincodes.LIFECYCLE;

  @Override
  public byte[] get(String key) {
    return SimulatedNamespace.call(
        simulator, "GET_STATE", () -> simulator.getPrivateData(NAMESPACE, collection, key));
  }

  @Override
  public byte[] hash(String key) {
    return SimulatedNamespace.call(
        simulator,
        "GET_PRIVATE_DATA_HASH",
        () -> simulator.getPrivateDataHash(NAMESPACE, collection, key));
  }

  @Override
  public void put(String key, byte[] value) {
    SimulatedNamespace.call(
        simulator,
        "PUT_STATE",
        () -> {
          simulator.setPrivateData(NAMESPACE, collection, key, value);
          return null;
        });
  }

  @Override
  public void delete(String key) {
    SimulatedNamespace.call(
        simulator,
        "DEL_STATE",
        () -> {
          simulator.deletePrivateData(NAMESPACE, collection, key);
          return null;
        });
  }

  @Override
  public SortedMap<String, byte[]> range(String prefix) {
    return SimulatedNamespace.call(
        simulator,
        "GET_STATE_BY_RANGE",
        () -> {
          try (RangeResults rows =
              simulator.getPrivateDataRange(NAMESPACE, collection, prefix, prefix + PREFIX_END)) {
            return SimulatedNamespace.collect(rows);
          }
        });
  }
}
