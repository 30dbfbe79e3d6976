package org.blockraft.gossip;

import org.hyperledger.fabric.protos.gossip.PrivatePayload;

/** Where private write sets go that other peers send before they are committed. */
@FunctionalInterface
public interface PrivateDataSink {

  /**
   * Stores a write set; on return it is durable.
   *
   * @throws RuntimeException if it is not stored; the sender gets the text
   */
  void store(String channelId, PrivatePayload payload);
}
