package org.blockraft.cluster;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How a node links to the others.
 *
 * @param cluster name of the cluster
 * @param clusterId identity of the cluster's data in etcd; empty while not known
 * @param node own name
 * @param incarnation of this process
 * @param productVersion told to the others
 * @param listenAddress where the others dial
 * @param helloTimeout for connecting, TLS and greeting together
 * @param silenceMax a link on which nothing arrives for longer is lost
 * @param dialPauseMin between attempts to dial, doubled up to the next
 * @param dialPauseMax between attempts to dial
 * @param frameBytesMax larger frames are neither sent nor taken
 * @param queuedFramesMax for each link, waiting to be sent
 * @param queuedBytesMax for each link, waiting to be sent
 * @param requestsMax for each link and direction, without a reply yet
 */
public record LinkSettings(
    String cluster,
    Supplier<String> clusterId,
    String node,
    String incarnation,
    String productVersion,
    InetSocketAddress listenAddress,
    Duration helloTimeout,
    Duration silenceMax,
    Duration dialPauseMin,
    Duration dialPauseMax,
    int frameBytesMax,
    int queuedFramesMax,
    long queuedBytesMax,
    int requestsMax) {

  public LinkSettings {
    if (cluster.isEmpty() || node.isEmpty() || incarnation.isEmpty()) {
      throw new IllegalArgumentException("cluster, node and incarnation need names");
    }
    if (frameBytesMax > queuedBytesMax) {
      throw new IllegalArgumentException(
          "a frame of %d bytes does not fit into a queue of %d bytes"
              .formatted(frameBytesMax, queuedBytesMax));
    }
    if (dialPauseMin.compareTo(dialPauseMax) > 0) {
      throw new IllegalArgumentException(
          "dial pause of at least %s and at most %s".formatted(dialPauseMin, dialPauseMax));
    }
  }

  /** With the limits of {@link LinkLimits}. */
  public static LinkSettings of(
      String cluster,
      Supplier<String> clusterId,
      String node,
      String incarnation,
      String productVersion,
      InetSocketAddress listenAddress) {
    return new LinkSettings(
        cluster,
        clusterId,
        node,
        incarnation,
        productVersion,
        listenAddress,
        LinkLimits.HELLO_TIMEOUT,
        LinkLimits.SILENCE_MAX,
        LinkLimits.DIAL_PAUSE_MIN,
        LinkLimits.DIAL_PAUSE_MAX,
        LinkLimits.FRAME_BYTES_MAX,
        LinkLimits.QUEUED_FRAMES_MAX,
        LinkLimits.QUEUED_BYTES_MAX,
        LinkLimits.REQUESTS_MAX);
  }

  /** The same with another limit on silence. */
  public LinkSettings withSilenceMax(Duration limit) {
    return new LinkSettings(
        cluster,
        clusterId,
        node,
        incarnation,
        productVersion,
        listenAddress,
        helloTimeout,
        limit,
        dialPauseMin,
        dialPauseMax,
        frameBytesMax,
        queuedFramesMax,
        queuedBytesMax,
        requestsMax);
  }
}
