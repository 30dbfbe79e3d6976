package org.blockraft.lifecycle;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.blockraft.simulation.RangeResults;
import org.blockraft.simulation.SimulationException;
import org.blockraft.simulation.TransactionSimulator;
import org.hyperledger.fabric.protos.ledger.queryresult.KV;

/**
 * One namespace of public state as a transaction sees it; what is read and written is recorded.
 *
 * @param asChaincode whether failures read as those of a system chaincode's stub, else as those of
 *     the ledger
 */
record SimulatedNamespace(TransactionSimulator simulator, String namespace, boolean asChaincode)
    implements WritableState, RangeableState {

  @Override
  public byte[] get(String key) {
    return call("GET_STATE", () -> simulator.getState(namespace, key));
  }

  @Override
  public void put(String key, byte[] value) {
    call(
        "PUT_STATE",
        () -> {
          simulator.setState(namespace, key, value);
          return null;
        });
  }

  @Override
  public void delete(String key) {
    call(
        "DEL_STATE",
        () -> {
          simulator.deleteState(namespace, key);
          return null;
        });
  }

  @Override
  public SortedMap<String, byte[]> range(String prefix) {
    return call(
        "GET_STATE_BY_RANGE",
        () -> {
          try (RangeResults rows =
              simulator.getStateRange(namespace, prefix, prefix + PREFIX_END)) {
            return collect(rows);
          }
        });
  }

  static SortedMap<String, byte[]> collect(RangeResults rows) {
    SortedMap<String, byte[]> result = new TreeMap<>();
    for (KV row = rows.next(); row != null; row = rows.next()) {
      result.put(row.getKey(), row.getValue().toByteArray());
    }
    return result;
  }

  private <T> T call(String message, Supplier<T> action) {
    return call(simulator, asChaincode ? message : "", action);
  }

  /** A chaincode's stub names the message that failed and the transaction. */
  static <T> T call(TransactionSimulator simulator, String message, Supplier<T> action) {
    try {
      return action.get();
    } catch (SimulationException e) {
      throw new LifecycleException(
          message.isEmpty()
              ? e.getMessage()
              : message + " failed: transaction ID: " + simulator.txId() + ": " + e.getMessage(),
          e);
    }
  }
}
