package org.blockraft.cluster;

import java.time.Duration;

/** What links may use and how long they wait. */
public final class LinkLimits {
  /** Newest version of the wire format that this node speaks. */
  public static final int WIRE_VERSION = 1;

  /** Oldest version that it still speaks: that of the release before, for rolling upgrades. */
  public static final int WIRE_VERSION_LEAST = 1;

  /** As stock's maxRecvMsgSize: whatever came in from a client or an orderer fits. */
  public static final int FRAME_BYTES_MAX = 100 * 1024 * 1024;

  /** Two frames of the largest size, and seconds of a slow network otherwise. */
  public static final long QUEUED_BYTES_MAX = 256L * 1024 * 1024;

  /** As many as requests in flight, so that a burst of proposals is not refused. */
  public static final int QUEUED_FRAMES_MAX = 4096;

  /**
   * Stock's limit on concurrent calls is 2500 for each service: what one ingress may ask of one.
   */
  public static final int REQUESTS_MAX = 4096;

  /** Long enough for a TLS handshake on a busy machine. */
  public static final Duration HELLO_TIMEOUT = Duration.ofSeconds(2);

  /** Six heartbeats: a collection or a busy scheduler is not a death. */
  public static final Duration SILENCE_MAX = Duration.ofMillis(600);

  /**
   * A process that dies is noticed by its connections, at once; heartbeats are for one that is
   * stopped or cut off. Each costs both ends some tens of microseconds, for every pair of nodes.
   */
  public static final Duration HEARTBEAT_INTERVAL = Duration.ofMillis(100);

  /** A node that starts again is linked again at once. */
  public static final Duration DIAL_PAUSE_MIN = Duration.ofMillis(50);

  /** A node that is away for long costs next to nothing. */
  public static final Duration DIAL_PAUSE_MAX = Duration.ofSeconds(1);

  /** How exact timeouts are; a look at a few thousand requests costs microseconds. */
  static final Duration TICK = Duration.ofMillis(50);

  /** A tick that is later than this shows that this process was stopped, not the others. */
  static final Duration TICK_LATE = Duration.ofMillis(100);

  /** More than bandwidth times round trip within one data centre; a fixed one needs no probing. */
  static final int FLOW_CONTROL_BYTES = 4 * 1024 * 1024;

  /**
   * What the transport holds before frames wait in the link's own queue, where urgent ones overtake
   * blocks: a millisecond of a slow network.
   */
  static final int READY_BYTES = 256 * 1024;

  /** Frames asked for at once, which is cheaper than one by one; asked again at half of them. */
  static final int FRAMES_ASKED = 1 << 16;

  /** Headers are a few hundred bytes. */
  static final int METADATA_BYTES_MAX = 8 * 1024;

  /** Streams between other peers and this one that came in at other nodes: one for each peer. */
  static final int RELAYS_MAX = 256;

  /** As gossip between peers has it; what does not fit is dropped and said again. */
  static final int RELAY_FLOW_CONTROL_BYTES = 64 * 1024;

  /** How long connections that were cut off at close have to end. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  /** Strangers at the port are logged this often. */
  static final Duration STRANGER_LOG_PAUSE = Duration.ofSeconds(1);

  private LinkLimits() {}
}
