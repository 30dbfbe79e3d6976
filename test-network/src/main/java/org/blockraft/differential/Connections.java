package org.blockraft.differential;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** TLS connections to peers and orderers. */
public final class Connections {
  private static final int MESSAGE_BYTES_MAX = 100 * 1024 * 1024;

  private Connections() {}

  public static ManagedChannel open(String address, String authority, Path root) {
    try {
      return NettyChannelBuilder.forTarget(address)
          .overrideAuthority(authority)
          .sslContext(GrpcSslContexts.forClient().trustManager(root.toFile()).build())
          .maxInboundMessageSize(MESSAGE_BYTES_MAX)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
