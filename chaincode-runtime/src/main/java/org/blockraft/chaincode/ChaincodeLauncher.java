package org.blockraft.chaincode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings chaincode to where it takes transactions: builds it, then dials it or runs it. One launch
 * of a package at a time; everyone else who needs it waits for that one. Safe for use by many
 * threads. Fabric: core/chaincode/runtime_launcher.go.
 */
final class ChaincodeLauncher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("chaincode");

  /**
   * How long those who wait for a launch wait beyond its timeout, so that it reports the timeout
   * itself.
   */
  private static final Duration REPORT_SLACK = Duration.ofSeconds(5);

  /** Stands for "no deadline". */
  static final long NO_DEADLINE = Long.MAX_VALUE;

  private final RuntimeSettings settings;
  private final ChaincodeBuilds builds;
  private final StreamRegistry registry;
  private final StreamFactory streams;
  private final ChaincodeCertificates certificates;
  private final ShimMetrics metrics;

  ChaincodeLauncher(
      RuntimeSettings settings,
      ChaincodeBuilds builds,
      StreamRegistry registry,
      StreamFactory streams,
      ChaincodeCertificates certificates,
      ShimMetrics metrics) {
    this.settings = settings;
    this.builds = builds;
    this.registry = registry;
    this.streams = streams;
    this.certificates = certificates;
    this.metrics = metrics;
  }

  /**
   * The stream of a chaincode, after launching it if need be.
   *
   * @param deadline when the caller gives up, {@link #NO_DEADLINE} for when the launch does
   */
  ChaincodeStream launch(String packageId, long deadline) {
    ChaincodeStream connected = registry.connected(packageId);
    if (connected != null) {
      return connected;
    }
    try {
      awaitLaunch(packageId, deadline);
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap("could not launch chaincode " + packageId, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaincodeException("could not launch chaincode " + packageId + ": interrupted", e);
    }
    connected = registry.connected(packageId);
    if (connected == null) {
      throw new ChaincodeException(
          "claimed to start chaincode container for " + packageId + " but could not find handler");
    }
    return connected;
  }

  /** Ends the process of a chaincode. */
  void stop(String packageId) {
    try {
      BuiltChaincode built = builds.built(packageId);
      if (built == null) {
        throw new ChaincodeException("instance has not yet been built, cannot be stopped");
      }
      built.stop();
    } catch (ChaincodeException e) {
      throw ChaincodeException.wrap(
          "failed to stop chaincode " + packageId + ": error stopping container", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChaincodeException("failed to stop chaincode " + packageId, e);
    }
  }

  /** Ends all processes, side by side. */
  @Override
  public void close() {
    List<Thread> stops = new ArrayList<>();
    for (String packageId : builds.packageIds()) {
      BuiltChaincode built = builds.built(packageId);
      if (built != null && built.isRunning()) {
        stops.add(Thread.ofVirtual().name("stop-" + packageId).start(() -> stopQuietly(packageId)));
      }
    }
    for (Thread stop : stops) {
      try {
        stop.join(BuiltChaincode.STOP_PATIENCE.multipliedBy(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void stopQuietly(String packageId) {
    try {
      stop(packageId);
    } catch (ChaincodeException e) {
      log.warn("failed to stop chaincode {}: {}", packageId, e.getMessage());
    }
  }

  private void awaitLaunch(String packageId, long deadline) throws InterruptedException {
    long start = System.nanoTime();
    StreamRegistry.Ticket ticket = registry.launching(packageId);
    Launch launch = ticket.launch();
    if (ticket.first()) {
      Thread.ofVirtual().name("launch-" + packageId).start(() -> supervise(packageId, launch));
    }
    long patience = settings.startupTimeout().plus(REPORT_SLACK).toNanos();
    if (deadline != NO_DEADLINE) {
      patience = Math.min(patience, deadline - System.nanoTime());
    }
    Launch.Outcome outcome = launch.await(patience);
    boolean success = outcome instanceof Launch.Registered || !ticket.first();
    metrics.launched(packageId, success, System.nanoTime() - start);
    switch (outcome) {
      case null -> throw new ChaincodeException("timeout expired while executing transaction");
      case Launch.Registered registered -> {}
      case Launch.NotStarted(ChaincodeException failure) when ticket.first() -> throw failure;
      case Launch.NotStarted(ChaincodeException failure) ->
          throw ChaincodeException.wrap("chaincode registration failed", failure);
      case Launch.NotRegistered(ChaincodeException failure) ->
          throw ChaincodeException.wrap("chaincode registration failed", failure);
    }
  }

  /** Carries a launch out, and cleans up if it does not succeed in time. */
  private void supervise(String packageId, Launch launch) {
    Thread.ofVirtual().name("start-" + packageId).start(() -> carryOut(packageId, launch));
    Launch.Outcome outcome;
    try {
      outcome = launch.await(settings.startupTimeout().toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (outcome instanceof Launch.Registered) {
      return;
    }
    registry.abandon(packageId, launch);
    if (outcome == null) {
      metrics.launchTimedOut(packageId);
      launch.notStarted(
          new ChaincodeException(
              "timeout expired while starting chaincode " + packageId + " for transaction"));
    } else if (outcome instanceof Launch.NotStarted) {
      metrics.launchFailed(packageId);
    }
    launch.abandon();
  }

  private void carryOut(String packageId, Launch launch) {
    try {
      BuiltChaincode built;
      ChaincodeServerInfo server;
      try {
        built = builds.build(packageId);
        server = built.serverInfo();
      } catch (ChaincodeException e) {
        launch.notStarted(ChaincodeException.wrap("error building chaincode", e));
        return;
      }
      if (server != null) {
        dial(packageId, server, launch);
      } else {
        run(packageId, built, launch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      launch.notStarted(new ChaincodeException("launch of " + packageId + " was given up", e));
    } catch (RuntimeException e) {
      log.error("launch of chaincode {} failed", packageId, e);
      launch.notStarted(new ChaincodeException(String.valueOf(e.getMessage()), e));
    }
  }

  private void dial(String packageId, ChaincodeServerInfo server, Launch launch)
      throws InterruptedException {
    ServerConnection connection;
    try {
      connection = ServerConnection.dial(packageId, server);
    } catch (ChaincodeException e) {
      launch.notStarted(ChaincodeException.wrap("connection to " + packageId + " failed", e));
      return;
    }
    launch.onAbandon(connection::close);
    connection.converse(
        streams,
        () -> launch.failed(new ChaincodeException("connection to " + packageId + " terminated")));
  }

  private void run(String packageId, BuiltChaincode built, Launch launch)
      throws InterruptedException {
    BuilderProcess process;
    try {
      process = built.start(peerConnection(packageId));
    } catch (ChaincodeException e) {
      launch.notStarted(
          ChaincodeException.wrap("error starting container: error starting container", e));
      return;
    }
    launch.onAbandon(process::terminate);
    try {
      built.await(process);
      launch.failed(new ChaincodeException("container exited with 0"));
    } catch (ChaincodeException e) {
      launch.failed(ChaincodeException.wrap("failed to wait on container exit", e));
    }
  }

  private PeerConnection peerConnection(String packageId) {
    return certificates == null
        ? new PeerConnection(settings.peerAddress(), "", "", "")
        : certificates.connection(packageId, settings.peerAddress());
  }
}
