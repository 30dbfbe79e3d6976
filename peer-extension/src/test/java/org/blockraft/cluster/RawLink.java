package org.blockraft.cluster;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.blockraft.cluster.wire.Frame;
import org.blockraft.cluster.wire.Hello;
import org.blockraft.identity.TlsCredentials;

/** The other end of a link that says whatever a test wants. */
final class RawLink implements AutoCloseable {
  final List<Frame> frames = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final ManagedChannel connection;
  private final ClientCall<Frame, Frame> call;

  RawLink(TestNode node, TlsCredentials own) {
    this(
        node,
        LinkTls.client(own, new AdmittedTrust(AdmittedNodes.sameKey(TestNode.PEER), r -> {})));
  }

  RawLink(TestNode node, SslContext tls) {
    connection =
        NettyChannelBuilder.forAddress("127.0.0.1", node.links.port())
            .sslContext(tls)
            .proxyDetector(address -> null)
            .directExecutor()
            .flowControlWindow(64 * 1024)
            .build();
    call = connection.newCall(FrameWire.CONNECT, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(Frame frame) {
            frames.add(frame);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
  }

  /** A link of node "0" that says this, changed a little. */
  static RawLink greeting(TestNode node, UnaryOperator<Hello.Builder> change) {
    RawLink link = new RawLink(node, TestNode.PEER);
    link.take(100);
    link.send(Frame.newBuilder().setHello(change.apply(hello())).build());
    return link;
  }

  static Hello.Builder hello() {
    return Hello.newBuilder()
        .setWireVersion(1)
        .setWireVersionLeast(1)
        .setCluster("blue")
        .setClusterId("id-1")
        .setNode("0")
        .setIncarnation("1");
  }

  void send(Frame frame) {
    call.sendMessage(frame);
  }

  void take(int count) {
    call.request(count);
  }

  Status end() throws Exception {
    return end.get(TestNode.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  boolean hasEnded() {
    return end.isDone();
  }

  @Override
  public void close() {
    connection.shutdownNow();
  }
}
