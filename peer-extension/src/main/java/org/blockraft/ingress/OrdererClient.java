package org.blockraft.ingress;

import java.time.Duration;
import org.blockraft.intake.OrdererEndpoint;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;

/** Hands one transaction to one orderer; {@code OrdererBroadcast::submit} in production. */
@FunctionalInterface
public interface OrdererClient {
  /**
   * The orderer's answer, which may be a refusal.
   *
   * @throws org.blockraft.intake.OrdererException with Fabric's text when there is no answer
   */
  BroadcastResponse submit(OrdererEndpoint orderer, Envelope transaction, Duration timeout);
}
