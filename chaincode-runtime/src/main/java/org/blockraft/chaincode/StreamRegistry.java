package org.blockraft.chaincode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which chaincodes are connected and which are being launched, by package id. Safe for use by many
 * threads. Fabric: core/chaincode/handler_registry.go.
 */
final class StreamRegistry {
  private static final Logger log = LoggerFactory.getLogger("chaincode");

  private final boolean unsolicitedAllowed;
  private final Map<String, ChaincodeStream> streams = new HashMap<>(); // guarded by this
  private final Map<String, Launch> launches = new HashMap<>(); // guarded by this

  /**
   * An empty registry.
   *
   * @param unsolicitedAllowed whether chaincode that was not launched may register (development
   *     mode)
   */
  StreamRegistry(boolean unsolicitedAllowed) {
    this.unsolicitedAllowed = unsolicitedAllowed;
  }

  /** A launch and whether the caller is the one to carry it out. */
  record Ticket(Launch launch, boolean first) {}

  /** Joins the launch of a chaincode, or begins one. */
  synchronized Ticket launching(String packageId) {
    Launch launch = launches.get(packageId);
    if (launch != null && !launch.isFailed()) {
      return new Ticket(launch, false);
    }
    launch = new Launch();
    if (streams.containsKey(packageId)) {
      launch.succeeded();
      return new Ticket(launch, false);
    }
    launches.put(packageId, launch);
    return new Ticket(launch, true);
  }

  /** A chaincode says who it is; throws with stock's text if it may not. */
  synchronized void register(String packageId, ChaincodeStream stream) {
    if (streams.containsKey(packageId)) {
      throw new ChaincodeException("duplicate chaincodeID: " + packageId);
    }
    if (!launches.containsKey(packageId) && !unsolicitedAllowed) {
      throw new ChaincodeException(
          "peer will not accept external chaincode connection "
              + packageId
              + " (except in dev mode)");
    }
    streams.put(packageId, stream);
  }

  /** The chaincode has been sent READY. */
  synchronized void ready(String packageId) {
    Launch launch = launches.get(packageId);
    if (launch != null) {
      launch.succeeded();
    }
  }

  /** The chaincode was refused. */
  synchronized void failed(String packageId, ChaincodeException failure) {
    Launch launch = launches.get(packageId);
    if (launch != null) {
      launch.failed(failure);
    }
  }

  /** The stream that takes transactions for a chaincode; null if there is none. */
  synchronized ChaincodeStream connected(String packageId) {
    ChaincodeStream stream = streams.get(packageId);
    return stream != null && stream.isReady() ? stream : null;
  }

  /** Forgets a stream that is over; the next execution launches the chaincode anew. */
  synchronized void deregister(ChaincodeStream stream) {
    String packageId = stream.packageId();
    if (streams.remove(packageId, stream)) {
      launches.remove(packageId);
      log.debug("deregistered handler with key: {}", packageId);
    }
  }

  /** Forgets a launch that failed, and the stream it may have brought. */
  void abandon(String packageId, Launch launch) {
    ChaincodeStream stream;
    synchronized (this) {
      if (!launches.remove(packageId, launch)) {
        return;
      }
      stream = streams.remove(packageId);
    }
    if (stream != null) {
      stream.close("launch of " + packageId + " failed");
    }
  }

  synchronized List<ChaincodeStream> all() {
    return List.copyOf(streams.values());
  }
}
