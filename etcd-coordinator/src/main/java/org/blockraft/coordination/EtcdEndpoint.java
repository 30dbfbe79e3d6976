package org.blockraft.coordination;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One member of etcd and the channel to it. Thread-safe. */
final class EtcdEndpoint {

  /** The least that the transport allows; etcd allows pings from every 5 s on. */
  private static final int PING_SECONDS = 10;

  private static final int PING_TIMEOUT_SECONDS = 2;

  /** All facts come in one answer. */
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  /** A second request that is not answered in time: the connection is dead, not slow. */
  private static final int SILENCES_MAX = 2;

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final String address;
  private final ManagedChannel channel;
  private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
  private final AtomicInteger silences = new AtomicInteger();

  private EtcdEndpoint(String address, ManagedChannel channel) {
    this.address = address;
    this.channel = channel;
  }

  static List<EtcdEndpoint> open(EtcdSettings settings) {
    SslContext tls = settings.tls().map(EtcdEndpoint::tls).orElse(null);
    return settings.endpoints().stream()
        .map(
            endpoint ->
                new EtcdEndpoint(endpoint, channelTo(address(endpoint, tls), settings, tls)))
        .toList();
  }

  private static String address(String endpoint, SslContext tls) {
    int scheme = endpoint.indexOf("://");
    if (scheme < 0) {
      return endpoint;
    }
    if (endpoint.startsWith("https:") != (tls != null)) {
      throw new IllegalArgumentException(
          "etcd endpoint " + endpoint + " does not fit the TLS files");
    }
    return endpoint.substring(scheme + "://".length());
  }

  private static SslContext tls(EtcdTls files) {
    try {
      SslContextBuilder builder =
          GrpcSslContexts.forClient().trustManager(files.rootCertificates().toFile());
      if (files.certificate().isPresent()) {
        builder.keyManager(files.certificate().get().toFile(), files.key().orElseThrow().toFile());
      }
      return builder.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new CoordinationException("cannot use the TLS files for etcd: " + e.getMessage(), e);
    }
  }

  private static ManagedChannel channelTo(String address, EtcdSettings settings, SslContext tls) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + address)
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(ANSWER_BYTES_MAX)
            .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.requestTimeout().toMillis()));
    return tls == null ? builder.usePlaintext().build() : builder.sslContext(tls).build();
  }

  /**
   * @param deadline null: none
   * @param token null: none
   */
  Channel channel(Deadline deadline, String token) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return ClientInterceptors.intercept(channel, new CallSettings(deadline, token));
  }

  void add(EtcdWatch watch) {
    watches.add(watch);
  }

  void remove(EtcdWatch watch) {
    watches.remove(watch);
  }

  void answered() {
    silences.set(0);
  }

  /** Requests go elsewhere now, if there is another; a silent connection is given up. */
  void failed(Status why) {
    if (why.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      if (silences.incrementAndGet() >= SILENCES_MAX) {
        silences.set(0);
        channel.enterIdle();
        watches.forEach(watch -> watch.breakOff(why));
      }
    } else {
      watches.forEach(watch -> watch.breakOff(why));
    }
  }

  void close() {
    channel.shutdownNow();
  }

  @Override
  public String toString() {
    return address;
  }

  /** Gives calls their deadline and the user's token. */
  private record CallSettings(Deadline deadline, String token) implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      CallOptions withDeadline = deadline == null ? options : options.withDeadline(deadline);
      return new SimpleForwardingClientCall<>(next.newCall(method, withDeadline)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          if (token != null) {
            headers.put(TOKEN, token);
          }
          super.start(listener, headers);
        }
      };
    }
  }
}
