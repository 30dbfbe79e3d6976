package org.blockraft.chaincode;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A chaincode after its build: the folders kept of it, and its process if it is one that the peer
 * runs. Safe for use by many threads. Fabric: core/container/externalbuilder/instance.go.
 */
final class BuiltChaincode {
  /** How long a chaincode may take to end after SIGTERM, and again after SIGKILL. */
  static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final String packageId;
  private final Builder builder;
  private final Path directory;
  private BuilderProcess process; // guarded by this

  BuiltChaincode(String packageId, Builder builder, Path directory) {
    this.packageId = packageId;
    this.builder = builder;
    this.directory = directory;
  }

  /** How to dial the chaincode; null if it is run by its builder and dials the peer. */
  ChaincodeServerInfo serverInfo() {
    Path file = directory.resolve("release/chaincode/server/connection.json");
    if (!Files.exists(file)) {
      return null;
    }
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw ChaincodeException.wrap("could not read '" + file + "' for chaincode info", e);
    }
    JsonNode fields;
    Duration dialTimeout;
    try {
      fields = Json.object(content);
      dialTimeout = dialTimeout(Json.field(fields, "dial_timeout"));
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("malformed chaincode info at '" + file + "'", e);
    }
    return serverInfo(fields, dialTimeout);
  }

  /** Starts the chaincode's process. */
  synchronized BuilderProcess start(PeerConnection connection) {
    try {
      process = builder.run(packageId, directory.resolve("bld"), connection);
      return process;
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not execute run", e);
    }
  }

  /** Waits for a process's end; throws unless its exit code is zero. */
  void await(BuilderProcess started) throws InterruptedException {
    try {
      started.awaitSuccess();
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("builder '" + builder.name() + "' run failed", e);
    }
  }

  /** Ends the process: SIGTERM, and SIGKILL for one that does not obey. */
  void stop() throws InterruptedException {
    BuilderProcess started = started();
    if (started == null) {
      throw new ChaincodeException("instance has not been started");
    }
    if (!started.stop(STOP_PATIENCE)) {
      throw new ChaincodeException("failed to stop instance '" + packageId + "'");
    }
  }

  /** Whether there is a process that has not ended. */
  boolean isRunning() {
    BuilderProcess started = started();
    return started != null && started.isAlive();
  }

  private synchronized BuilderProcess started() {
    return process;
  }

  private static Duration dialTimeout(JsonNode value) {
    Duration timeout = Duration.ZERO;
    if (value != null && value.isNumber()) {
      timeout = Duration.ofNanos((long) value.doubleValue());
    } else if (value != null && value.isTextual()) {
      timeout = GoDuration.parse(value.textValue());
    } else if (value != null) {
      throw new ChaincodeException("invalid duration");
    }
    return timeout.isZero() ? ChaincodeServerInfo.DIAL_TIMEOUT_DEFAULT : timeout;
  }

  private static ChaincodeServerInfo serverInfo(JsonNode fields, Duration dialTimeout) {
    String address = Json.text(fields, "address");
    if (address.isEmpty()) {
      throw new ChaincodeException("chaincode address not provided");
    }
    if (!Json.flag(fields, "tls_required")) {
      return new ChaincodeServerInfo(address, dialTimeout, null);
    }
    boolean clientAuthentication = Json.flag(fields, "client_auth_required");
    String key = Json.text(fields, "client_key");
    String certificate = Json.text(fields, "client_cert");
    String root = Json.text(fields, "root_cert");
    if (clientAuthentication && key.isEmpty()) {
      throw new ChaincodeException("chaincode tls key not provided");
    }
    if (clientAuthentication && certificate.isEmpty()) {
      throw new ChaincodeException("chaincode tls cert not provided");
    }
    if (root.isEmpty()) {
      throw new ChaincodeException("chaincode tls root cert not provided");
    }
    return new ChaincodeServerInfo(
        address,
        dialTimeout,
        new ChaincodeServerInfo.Tls(
            root, clientAuthentication ? certificate : null, clientAuthentication ? key : null));
  }
}
