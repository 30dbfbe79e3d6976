package org.blockraft.intake;

import java.time.Duration;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;

/**
 * Submits transactions to orderers. Safe for use by many threads.
 *
 * <p>Fabric: internal/pkg/gateway/submit.go broadcast.
 */
public final class OrdererBroadcast {

  public OrdererBroadcast(OrdererConnections connections) {}

  /**
   * Sends one envelope to one orderer and waits for its answer, which may be a refusal.
   *
   * @throws OrdererException if there is no answer in time or the connection fails; the message is
   *     what Fabric's gateway shows in its error details
   */
  public BroadcastResponse submit(OrdererEndpoint orderer, Envelope envelope, Duration timeout) {
    throw new IllegalStateException("being written");
  }
}
