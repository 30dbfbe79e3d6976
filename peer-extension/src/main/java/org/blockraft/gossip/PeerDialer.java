package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.TlsTrust;
import org.hyperledger.fabric.protos.gossip.Empty;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipGrpc;

/**
 * Opens streams to other peers. Its methods block, within their time limits. Safe for use by many
 * threads.
 *
 * <p>Fabric: gossip/comm/comm_impl.go createConnection, Handshake, Probe.
 */
final class PeerDialer {
  /** The largest message of Fabric's default configuration. */
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  private static final Duration KEEPALIVE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);

  private final GossipSettings settings;
  private final GossipTls tls;
  private final Handshake handshake;
  private final BiConsumer<PeerStream, SignedMessage> handler;
  private final Executor threads;

  PeerDialer(
      GossipSettings settings,
      GossipTls tls,
      Handshake handshake,
      BiConsumer<PeerStream, SignedMessage> handler,
      Executor threads) {
    this.settings = settings;
    this.tls = tls;
    this.handshake = handshake;
    this.handler = handler;
    this.threads = threads;
  }

  /**
   * Opens a stream.
   *
   * @param ended told when it has ended
   * @throws GossipException if there is no peer there that is accepted
   */
  PeerStream dial(String endpoint, Consumer<PeerStream> ended) {
    return open(endpoint, false, ended);
  }

  /**
   * Asks who is there.
   *
   * @throws GossipException if nobody is that is accepted
   */
  RemotePeer probe(String endpoint) {
    PeerStream stream = open(endpoint, true, closed -> {});
    stream.close();
    return stream.remote();
  }

  /** Whether anybody is there. */
  boolean answers(String endpoint) {
    try {
      ManagedChannel channel = channel(endpoint);
      try {
        ping(channel);
        return true;
      } finally {
        channel.shutdownNow();
      }
    } catch (GossipException e) {
      return false;
    }
  }

  private PeerStream open(String endpoint, boolean probe, Consumer<PeerStream> ended) {
    ManagedChannel channel = channel(endpoint);
    try {
      ping(channel);
      Session session = new Session();
      PeerStream[] made = new PeerStream[1];
      Outbound outbound = new Outbound();
      outbound.receiver =
          new StreamReceiver(
              handshake,
              tls.enabled(),
              session::tlsHash,
              remote -> {
                made[0] =
                    new PeerStream(
                        remote,
                        outbound.out,
                        () -> {
                          channel.shutdown();
                          ended.accept(made[0]);
                        });
                return made[0];
              },
              handler);
      var stub = GossipGrpc.newStub(channel).withInterceptors(session);
      stub.gossipStream(outbound).onNext(handshake.hello(tls.clientHash(), probe));
      return outbound.receiver.stream()
          .get(settings.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw abandoned(channel, new GossipException("interrupted while dialing " + endpoint));
    } catch (ExecutionException e) {
      throw abandoned(channel, new GossipException(e.getCause().getMessage(), e.getCause()));
    } catch (TimeoutException e) {
      throw abandoned(
          channel,
          new GossipException("timed out waiting for connection message from " + endpoint, e));
    } catch (GossipException e) {
      throw abandoned(channel, e);
    }
  }

  private static GossipException abandoned(ManagedChannel channel, GossipException reason) {
    channel.shutdownNow();
    return reason;
  }

  private void ping(ManagedChannel channel) {
    Duration limit = settings.dialTimeout().plus(settings.connectionTimeout());
    try {
      GossipGrpc.newBlockingStub(channel)
          .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
          .ping(Empty.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      throw new GossipException(e.getMessage(), e);
    }
  }

  private ManagedChannel channel(String endpoint) {
    try {
      NettyChannelBuilder builder =
          NettyChannelBuilder.forTarget("dns:///" + endpoint)
              .keepAliveTime(KEEPALIVE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveWithoutCalls(true)
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .executor(threads);
      Optional<SslContext> context = tls.clientContext().get();
      if (context.isPresent()) {
        builder.sslContext(context.get());
      } else {
        builder.usePlaintext();
      }
      return builder.build();
    } catch (IllegalArgumentException | IdentityException e) {
      throw new GossipException("cannot dial " + endpoint + ": " + e.getMessage(), e);
    }
  }

  /** Knows the connection's TLS session once the other side has answered. */
  private static final class Session implements ClientInterceptor {
    private volatile ClientCall<?, ?> call;

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      ClientCall<Q, R> started = next.newCall(method, options);
      call = started;
      return started;
    }

    ByteString tlsHash() {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      return session == null ? ByteString.EMPTY : TlsTrust.peerLeafHash(session);
    }
  }

  /** Gets hold of the sending side before the receiving side hears anything. */
  private static final class Outbound implements ClientResponseObserver<Envelope, Envelope> {
    private StreamReceiver receiver;
    private ClientCallStreamObserver<Envelope> out;

    @Override
    public void beforeStart(ClientCallStreamObserver<Envelope> requests) {
      out = requests;
    }

    @Override
    public void onNext(Envelope envelope) {
      receiver.onNext(envelope);
    }

    @Override
    public void onError(Throwable cause) {
      receiver.onError(cause);
    }

    @Override
    public void onCompleted() {
      receiver.onCompleted();
    }
  }
}
