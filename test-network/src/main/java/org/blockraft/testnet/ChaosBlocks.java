package org.blockraft.testnet;

import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.protos.peer.FilteredBlock;
import org.hyperledger.fabric.protos.peer.FilteredTransaction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Follows the blocks of one node: each must come once, in order. */
final class ChaosBlocks extends ChaosFollower<FilteredBlock> {
  private final PeerPlace place;
  private final ChaosClient.Surroundings all;
  private long next;

  /**
   * @param next the number of the first block
   */
  ChaosBlocks(ChaosClient.Surroundings all, PeerPlace place, long next) {
    super("blocks of " + place.process(), all.connections(), all.board(), all.record(), all.pace());
    this.all = all;
    this.place = place;
    this.next = next;
  }

  @Override
  PeerPlace choose() {
    return board.isStruck(place) ? null : place;
  }

  @Override
  CloseableIterator<FilteredBlock> open(ChaosConnections.Connection connection) {
    return connection
        .gateway()
        .getNetwork(all.channel())
        .newFilteredBlockEventsRequest()
        .startBlock(next)
        .build()
        .getEvents();
  }

  @Override
  void take(PeerPlace from, FilteredBlock block) {
    if (block.getNumber() != next) {
      finding("block %d came instead of %d".formatted(block.getNumber(), next));
    }
    next = block.getNumber() + 1;
    all.record().blocks(from).happened();
    for (FilteredTransaction transaction : block.getFilteredTransactionsList()) {
      if (transaction.getTxValidationCode() == TxValidationCode.VALID) {
        saw(transaction.getTxid(), block.getNumber());
      }
    }
  }
}
