package org.blockraft.operations;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The components whose health /healthz reports. Thread-safe.
 *
 * <p>Fabric source: fabric-lib-go healthz/checker.go.
 */
public final class HealthChecks {
  private final Map<String, HealthCheck> checks = new TreeMap<>();

  /** What one failing component said. */
  record Failed(String component, String reason) {}

  /**
   * Adds a component.
   *
   * @throws IllegalArgumentException when the component is there already
   */
  public synchronized void register(String component, HealthCheck check) {
    if (checks.putIfAbsent(component, check) != null) {
      throw new IllegalArgumentException("'" + component + "' is already registered");
    }
  }

  /** Removes a component; one that is not there is no error. */
  public synchronized void deregister(String component) {
    checks.remove(component);
  }

  List<Failed> run() {
    Map<String, HealthCheck> current;
    synchronized (this) {
      current = new TreeMap<>(checks);
    }
    List<Failed> failed = new ArrayList<>();
    current.forEach(
        (component, check) -> {
          try {
            check.check();
          } catch (Exception e) {
            failed.add(new Failed(component, String.valueOf(e.getMessage())));
          }
        });
    return failed;
  }
}
