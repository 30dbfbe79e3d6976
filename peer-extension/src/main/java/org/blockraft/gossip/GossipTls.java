package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How streams are secured.
 *
 * @param enabled whether they are
 * @param clientContext for dialing, with the roots in force now; empty without TLS
 * @param clientHash SHA-256 of the certificate shown when dialing
 * @param serverHash SHA-256 of the certificate shown when dialed
 */
public record GossipTls(
    boolean enabled,
    Supplier<Optional<SslContext>> clientContext,
    ByteString clientHash,
    ByteString serverHash) {

  /** No TLS at all. */
  public static GossipTls none() {
    return new GossipTls(false, Optional::empty, ByteString.EMPTY, ByteString.EMPTY);
  }
}
