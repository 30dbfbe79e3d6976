package org.blockraft.endorse;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.gossip.PrivatePayload;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;

/** Other peers that private data can be sent to: those that gossip knows. */
public interface PrivateDataPeers {

  /** A peer and its organization. */
  record Peer(ByteString pkiId, String mspId) {}

  /** Peers of a channel that are members of a collection, this one not among them. */
  List<Peer> members(String channelId, StaticCollectionConfig collection);

  /**
   * Sends a private write set and waits, within a time limit, for the word that it is stored.
   *
   * @return whether the word came
   */
  boolean send(Peer peer, String channelId, PrivatePayload payload);

  /** There is nobody else. */
  PrivateDataPeers NONE =
      new PrivateDataPeers() {
        @Override
        public List<Peer> members(String channelId, StaticCollectionConfig collection) {
          return List.of();
        }

        @Override
        public boolean send(Peer peer, String channelId, PrivatePayload payload) {
          return false;
        }
      };
}
