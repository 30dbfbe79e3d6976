package org.blockraft.gossip;

import com.google.protobuf.ByteString;
import java.util.function.UnaryOperator;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.PkiId;
import org.hyperledger.fabric.protos.gossip.ConnEstablish;
import org.hyperledger.fabric.protos.gossip.Envelope;
import org.hyperledger.fabric.protos.gossip.GossipMessage;

/**
 * The first message each way on a stream: who I am, bound to the TLS certificate of this very
 * connection. Safe for use by many threads.
 *
 * <p>Fabric: gossip/comm/comm_impl.go authenticateRemotePeer.
 */
final class Handshake {
  private final ByteString identity;
  private final ByteString pkiId;
  private final UnaryOperator<ByteString> sign;
  private final PeerIdentities identities;

  Handshake(ByteString identity, UnaryOperator<ByteString> sign, PeerIdentities identities) {
    this.identity = identity;
    this.pkiId = PkiId.of(identity);
    this.sign = sign;
    this.identities = identities;
  }

  /**
   * What this peer says.
   *
   * @param tlsHash of its certificate on this connection; empty without TLS
   */
  Envelope hello(ByteString tlsHash, boolean probe) {
    GossipMessage message =
        GossipMessage.newBuilder()
            .setTag(GossipMessage.Tag.EMPTY)
            .setConn(
                ConnEstablish.newBuilder()
                    .setPkiId(pkiId)
                    .setIdentity(identity)
                    .setTlsCertHash(tlsHash)
                    .setProbe(probe))
            .build();
    return SignedMessage.sign(message, sign).envelope();
  }

  /**
   * Checks what the other peer says.
   *
   * @param tls whether the connection is under TLS
   * @param tlsHash of the other's certificate on this connection; empty if it showed none
   * @throws GossipException if it is not who it says
   */
  RemotePeer accept(Envelope first, boolean tls, ByteString tlsHash) {
    if (tls && tlsHash.isEmpty()) {
      throw new GossipException("no TLS certificate");
    }
    SignedMessage message = SignedMessage.open(first);
    if (!message.content().hasConn()) {
      throw new GossipException("wrong type");
    }
    ConnEstablish hello = message.content().getConn();
    if (hello.getPkiId().isEmpty()) {
      throw new GossipException("no PKI-ID");
    }
    try {
      identities.put(hello.getPkiId(), hello.getIdentity());
      if (tls && !tlsHash.equals(hello.getTlsCertHash())) {
        throw new GossipException("hash of the TLS certificate is not that of the connection");
      }
      identities.verify(hello.getPkiId(), first);
    } catch (IdentityException e) {
      throw new GossipException(e.getMessage(), e);
    }
    return new RemotePeer(
        hello.getPkiId(),
        hello.getIdentity(),
        identities.mspId(hello.getPkiId()),
        first,
        hello.getProbe());
  }
}
