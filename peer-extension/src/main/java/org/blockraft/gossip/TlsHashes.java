package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import javax.net.ssl.SSLSession;
import org.blockraft.identity.TlsTrust;

/**
 * Hashes of the certificates of the connection that another peer has dialed, be it with this node
 * or with one that relays. Empty where no certificate was shown, verified or not.
 *
 * @param remote of the other peer
 * @param own of the node that it dialed
 */
record TlsHashes(ByteString remote, ByteString own) {
  static final Context.Key<TlsHashes> OF_CALL = Context.key("gossip-tls-hashes");

  private static final Metadata.Key<byte[]> REMOTE = key("blockraft-remote-tls-hash-bin");
  private static final Metadata.Key<byte[]> OWN = key("blockraft-own-tls-hash-bin");

  private static Metadata.Key<byte[]> key(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  /** Of a call by the other peer itself. */
  static TlsHashes of(ServerCall<?, ?> call, ByteString own) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    return new TlsHashes(session == null ? ByteString.EMPTY : TlsTrust.peerLeafHash(session), own);
  }

  /** As the node says that relays. */
  static TlsHashes of(Metadata headers) {
    return new TlsHashes(value(headers, REMOTE), value(headers, OWN));
  }

  private static ByteString value(Metadata headers, Metadata.Key<byte[]> key) {
    byte[] value = headers.get(key);
    return value == null ? ByteString.EMPTY : ByteString.copyFrom(value);
  }

  Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(REMOTE, remote.toByteArray());
    headers.put(OWN, own.toByteArray());
    return headers;
  }
}
