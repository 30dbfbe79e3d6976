package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.time.Instant;
import org.hyperledger.fabric.protos.gossip.PeerTime;

/**
 * What is known of another peer by its last sign of life.
 *
 * @param endpoint where other organizations reach it; may be empty
 * @param internalEndpoint where its own organization does; empty if not told
 * @param alive its last sign of life
 * @param time when it was made, by that peer's count
 * @param lastSeen when it came, by this peer's clock
 */
record NetworkMember(
    ByteString pkiId,
    String endpoint,
    String internalEndpoint,
    SignedMessage alive,
    PeerTime time,
    Instant lastSeen) {

  /** Where to dial it. */
  String preferredEndpoint() {
    return internalEndpoint.isEmpty() ? endpoint : internalEndpoint;
  }

  /** Whether a time is before another by a peer's own count of starts and messages. */
  static boolean isBefore(PeerTime time, PeerTime other) {
    return time.getIncNum() < other.getIncNum()
        || (time.getIncNum() == other.getIncNum()
            && Long.compareUnsigned(time.getSeqNum(), other.getSeqNum()) < 0);
  }
}
