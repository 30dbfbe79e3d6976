package org.blockraft.testnet;

import org.hyperledger.fabric.client.ChaincodeEvent;
import org.hyperledger.fabric.client.ChaincodeEventsRequest;
import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.client.InMemoryCheckpointer;

/**
 * Follows the events of the chaincode through any node, and goes to another one when its node is
 * struck, in the middle of a block or not.
 */
final class ChaosEvents extends ChaosFollower<ChaincodeEvent> {
  private final ChaosClient.Surroundings all;
  private final InMemoryCheckpointer checkpoint = new InMemoryCheckpointer();
  private final long first;
  private int turn;

  /**
   * @param first the number of the first block
   */
  ChaosEvents(ChaosClient.Surroundings all, long first) {
    super("chaincode events", all.connections(), all.board(), all.record(), all.pace());
    this.all = all;
    this.first = first;
  }

  @Override
  PeerPlace choose() {
    turn++;
    for (int i = 0; i < all.places().size(); i++) {
      PeerPlace place = all.places().get((turn + i) % all.places().size());
      if (!board.isStruck(place)) {
        return place;
      }
    }
    return null;
  }

  @Override
  CloseableIterator<ChaincodeEvent> open(ChaosConnections.Connection connection) {
    ChaincodeEventsRequest.Builder request =
        connection
            .gateway()
            .getNetwork(all.channel())
            .newChaincodeEventsRequest(ChaosCommand.CHAINCODE)
            .startBlock(first);
    return request.checkpoint(checkpoint).build().getEvents();
  }

  @Override
  void take(PeerPlace from, ChaincodeEvent event) {
    saw(event.getTransactionId(), event.getBlockNumber());
    checkpoint.checkpointChaincodeEvent(event);
  }
}
