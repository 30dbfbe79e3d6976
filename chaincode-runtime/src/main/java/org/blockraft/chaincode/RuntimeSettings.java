package org.blockraft.chaincode;

import java.time.Duration;

/**
 * Settings of chaincode execution, from the section {@code chaincode} of core.yaml. Immutable.
 * Values below stock's minimum are raised to stock's, as stock does.
 *
 * @param executeTimeout the longest one execution may take ({@code chaincode.executetimeout});
 *     below 1 s means 30 s
 * @param startupTimeout the longest a launch may take ({@code chaincode.startuptimeout}); at least
 *     5 s
 * @param keepalive interval of KEEPALIVE messages to each chaincode ({@code chaincode.keepalive});
 *     zero = none
 * @param totalQueryLimit the most rows one query returns ({@code ledger.state.totalQueryLimit})
 * @param executionsMax the most executions at a time; more wait up to the execute timeout
 * @param developmentMode whether chaincode that this peer did not launch may register ({@code
 *     --peer-chaincodedev})
 * @param peerAddress the address that launched chaincode dials ({@code peer.chaincodeAddress} and
 *     its fallbacks)
 * @param batch what to offer in READY; null as a 2.5 peer does
 */
public record RuntimeSettings(
    Duration executeTimeout,
    Duration startupTimeout,
    Duration keepalive,
    int totalQueryLimit,
    int executionsMax,
    boolean developmentMode,
    String peerAddress,
    BatchParameters batch) {

  private static final Duration EXECUTE_TIMEOUT_DEFAULT = Duration.ofSeconds(30);
  private static final Duration EXECUTE_TIMEOUT_MIN = Duration.ofSeconds(1);
  private static final Duration STARTUP_TIMEOUT_DEFAULT = Duration.ofMinutes(5);
  private static final Duration STARTUP_TIMEOUT_MIN = Duration.ofSeconds(5);
  private static final int TOTAL_QUERY_LIMIT_DEFAULT = 100_000; // stock's core.yaml
  private static final int EXECUTIONS_MAX_DEFAULT = 2500; // stock's limit of concurrent proposals

  /** Raises what is below stock's minimum. */
  public RuntimeSettings {
    if (executeTimeout.compareTo(EXECUTE_TIMEOUT_MIN) < 0) {
      executeTimeout = EXECUTE_TIMEOUT_DEFAULT;
    }
    if (startupTimeout.compareTo(STARTUP_TIMEOUT_MIN) < 0) {
      startupTimeout = STARTUP_TIMEOUT_MIN;
    }
  }

  /** The values of stock's sample core.yaml for a peer of version 2.5. */
  public static RuntimeSettings defaults(String peerAddress) {
    return new RuntimeSettings(
        EXECUTE_TIMEOUT_DEFAULT,
        STARTUP_TIMEOUT_DEFAULT,
        Duration.ZERO,
        TOTAL_QUERY_LIMIT_DEFAULT,
        EXECUTIONS_MAX_DEFAULT,
        false,
        peerAddress,
        null);
  }
}
