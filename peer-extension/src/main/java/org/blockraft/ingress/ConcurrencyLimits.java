package org.blockraft.ingress;

/**
 * {@code peer.limits.concurrency}: calls of a service at a time; zero or less is without limit.
 *
 * <p>Fabric source: internal/peer/node/grpc_limiters.go.
 */
public record ConcurrencyLimits(int endorserService, int deliverService, int gatewayService) {
  /** No limits, as on a server that stock does not limit. */
  public static final ConcurrencyLimits NONE = new ConcurrencyLimits(0, 0, 0);

  int of(String service) {
    return switch (service) {
      case "protos.Endorser" -> endorserService;
      case "protos.Deliver" -> deliverService;
      case "gateway.Gateway" -> gatewayService;
      default -> 0;
    };
  }
}
