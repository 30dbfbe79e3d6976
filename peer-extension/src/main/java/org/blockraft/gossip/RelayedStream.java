package org.blockraft.gossip;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.hyperledger.fabric.protos.gossip.Envelope;

/**
 * A stream between another peer and the node that gossips. Each side is asked for the next message
 * when the other has room for it, and ends with the other.
 */
final class RelayedStream {
  private final ServerCall<Envelope, Envelope> peer;
  private final ManagedChannel connection;
  private final ClientCall<Envelope, Envelope> leader;
  private boolean peerWaits;
  private boolean leaderWaits;

  private RelayedStream(
      ServerCall<Envelope, Envelope> peer,
      ManagedChannel connection,
      ClientCall<Envelope, Envelope> leader) {
    this.peer = peer;
    this.connection = connection;
    this.leader = leader;
  }

  static ServerCall.Listener<Envelope> start(
      ServerCall<Envelope, Envelope> peer,
      ManagedChannel connection,
      ClientCall<Envelope, Envelope> leader,
      Metadata headers) {
    RelayedStream stream = new RelayedStream(peer, connection, leader);
    leader.start(stream.new FromLeader(), headers);
    leader.request(1);
    peer.request(1);
    return stream.new FromPeer();
  }

  private synchronized void nextOfPeer(boolean arrived) {
    peerWaits |= arrived;
    if (peerWaits && leader.isReady()) {
      peerWaits = false;
      peer.request(1);
    }
  }

  private synchronized void nextOfLeader(boolean arrived) {
    leaderWaits |= arrived;
    if (leaderWaits && peer.isReady()) {
      leaderWaits = false;
      leader.request(1);
    }
  }

  /** Sends to the leader, and nobody else does. */
  private final class FromPeer extends ServerCall.Listener<Envelope> {
    @Override
    public void onMessage(Envelope envelope) {
      leader.sendMessage(envelope);
      nextOfPeer(true);
    }

    @Override
    public void onReady() {
      nextOfLeader(false);
    }

    @Override
    public void onHalfClose() {
      leader.halfClose();
    }

    @Override
    public void onCancel() {
      leader.cancel("the other peer has ended the stream", null);
      connection.shutdownNow();
    }
  }

  /** Sends to the peer, and nobody else does. */
  private final class FromLeader extends ClientCall.Listener<Envelope> {
    @Override
    public void onHeaders(Metadata headers) {
      peer.sendHeaders(new Metadata());
    }

    @Override
    public void onMessage(Envelope envelope) {
      peer.sendMessage(envelope);
      nextOfLeader(true);
    }

    @Override
    public void onReady() {
      nextOfPeer(false);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      connection.shutdownNow();
      // Whatever is the matter between nodes, other peers need not know.
      peer.close(
          status.getCode() == Status.Code.UNAVAILABLE ? GossipRelay.NOT_HERE : status,
          new Metadata());
    }
  }
}
