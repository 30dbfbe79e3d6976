package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.blockraft.identity.TlsTrust;

/**
 * Who is at the other end of a call.
 *
 * @param address null when the transport has none
 * @param session null without TLS
 */
record CallPeer(SocketAddress address, SSLSession session) {
  private static final Context.Key<CallPeer> KEY = Context.key("call-peer");
  private static final CallPeer NOBODY = new CallPeer(null, null);

  /** The peer of the call that the current thread serves. */
  static CallPeer current() {
    CallPeer peer = KEY.get();
    return peer == null ? NOBODY : peer;
  }

  /** SHA-256 of the client's TLS certificate; empty when it showed none. */
  ByteString certificateHash() {
    return session == null ? ByteString.EMPTY : TlsTrust.peerLeafHash(session);
  }

  /** Puts the peer of a call into its context. */
  static final class Interceptor implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      CallPeer peer =
          new CallPeer(
              call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
              call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
      return Contexts.interceptCall(Context.current().withValue(KEY, peer), call, headers, next);
    }
  }
}
