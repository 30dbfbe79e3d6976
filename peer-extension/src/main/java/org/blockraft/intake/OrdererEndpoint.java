package org.blockraft.intake;

import com.google.protobuf.ByteString;
import java.util.List;

/**
 * One orderer as the channel configuration names it, and how to reach it.
 *
 * @param address "host:port" as configured in the channel
 * @param connectAddress where to connect: the address or its override
 * @param mspId of the organization that runs it; empty for a global address
 * @param tlsRoots PEM certificates to trust
 */
public record OrdererEndpoint(
    String address, String connectAddress, String mspId, List<ByteString> tlsRoots) {
  public OrdererEndpoint {
    tlsRoots = List.copyOf(tlsRoots);
  }

  /** For logs and error details: tells about an override. */
  public String logAddress() {
    return address.equals(connectAddress)
        ? address
        : "%s (mapped from %s)".formatted(connectAddress, address);
  }
}
