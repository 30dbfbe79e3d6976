package org.blockraft.testnet;

import org.hyperledger.fabric.client.GatewayException;

/** Says what a gateway call failed of, with the details that the peer attached. */
final class Failures {
  private Failures() {}

  static String describe(Exception failure) {
    StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
    if (failure instanceof GatewayException gatewayFailure) {
      gatewayFailure
          .getDetails()
          .forEach(
              d ->
                  text.append("\n  ")
                      .append(d.getAddress())
                      .append(" (")
                      .append(d.getMspId())
                      .append("): ")
                      .append(d.getMessage()));
    }
    return text.toString();
  }
}
