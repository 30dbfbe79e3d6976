package org.blockraft.ingress;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.blockraft.identity.IdentityException;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Endorsers of other peers, each over one connection that stays open until it is of no more use.
 * Safe for use by many threads.
 *
 * <p>Fabric source: internal/pkg/gateway/endpoint.go, apiutils.go responseStatus.
 */
public final class RemoteEndorsers implements AutoCloseable {
  /** The largest message of Fabric's default configuration. */
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  private static final Duration KEEPALIVE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);

  private final Supplier<Optional<SslContext>> tls;
  private final Map<String, ManagedChannel> connections = new ConcurrentHashMap<>();

  /**
   * @param tls with the roots in force at the moment of asking; empty without TLS
   */
  public RemoteEndorsers(Supplier<Optional<SslContext>> tls) {
    this.tls = tls;
  }

  /** The endorser at "host:port"; dialed when first asked. */
  public EndorserClient at(String endpoint) {
    return (proposal, timeout) -> process(endpoint, proposal, timeout);
  }

  private EndorserClient.Reply process(String endpoint, SignedProposal proposal, Duration timeout) {
    try {
      ManagedChannel connection = connections.computeIfAbsent(endpoint, this::dial);
      return new EndorserClient.Reply.Answered(
          EndorserGrpc.newBlockingStub(connection)
              .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .processProposal(proposal));
    } catch (StatusRuntimeException e) {
      return new EndorserClient.Reply.Failed(GoStatus.error(e.getStatus()));
    } catch (IllegalArgumentException | IdentityException e) {
      return new EndorserClient.Reply.Failed(e.getMessage());
    }
  }

  private ManagedChannel dial(String endpoint) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + endpoint)
            .keepAliveTime(KEEPALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX);
    Optional<SslContext> context = tls.get();
    if (context.isPresent()) {
      builder.sslContext(context.get());
    } else {
      builder.usePlaintext();
    }
    return builder.build();
  }

  /** Closes a connection; the next call dials anew. */
  public void lost(String endpoint) {
    ManagedChannel connection = connections.remove(endpoint);
    if (connection != null) {
      connection.shutdown();
    }
  }

  @Override
  public void close() {
    connections.values().forEach(ManagedChannel::shutdownNow);
    connections.clear();
  }
}
