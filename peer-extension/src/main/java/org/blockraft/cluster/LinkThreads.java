package org.blockraft.cluster;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that read and write links, and do nothing else: a thousand clients that come over
 * from a lost node do not make the other nodes look silent by their handshakes.
 */
final class LinkThreads implements AutoCloseable {
  /** One carries some hundred thousand frames a second. */
  private static final int LEAST = 2;

  /** Of the processors, on larger machines. */
  private static final int SHARE = 4;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group;

  LinkThreads() {
    int count = Math.max(LEAST, Runtime.getRuntime().availableProcessors() / SHARE);
    ThreadFactory factory = Thread.ofPlatform().name("cluster-links-", 0).daemon().factory();
    group =
        new MultiThreadIoEventLoopGroup(
            count, factory, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  void serve(NettyServerBuilder builder) {
    builder
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .channelType(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
  }

  void dial(NettyChannelBuilder builder) {
    builder
        .eventLoopGroup(group)
        .channelType(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
  }

  @Override
  public void close() {
    // What is left are cancellations; nobody waits for them.
    var _ = group.shutdownGracefully(0, LinkLimits.STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
