package org.blockraft.differential;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Shows our peer each proposal that a stock peer has answered, at the same height, and compares the
 * answers; at the end compares all blocks. Where our peer is several nodes, they are asked in turn
 * and all blocks of each compared. Safe for any thread.
 */
final class LiveComparison implements ProposalWitness {
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(2);
  private static final int BLOCKS_AT_ONCE = 50;

  private final List<PeerConnection> nodes;
  private final Party reader;
  private final AtomicLong proposals = new AtomicLong();
  private final List<Difference> differences = new ArrayList<>();

  /**
   * @param nodes connections to all processes of our peer
   */
  LiveComparison(List<PeerConnection> nodes, Party reader) {
    this.nodes = nodes;
    this.reader = reader;
  }

  @Override
  public void answered(long height, SignedProposal proposal, PeerConnection.Answer stock) {
    int turn = (int) (proposals.getAndIncrement() % nodes.size());
    PeerConnection.Answer answer = nodes.get(turn).process(proposal);
    differ(height, proposal, stock, answer);
  }

  @Override
  public void warmUp(Draft draft) {
    nodes.forEach(node -> node.warmUp(draft));
  }

  private void differ(
      long height,
      SignedProposal proposal,
      PeerConnection.Answer stock,
      PeerConnection.Answer answer) {
    AnswerComparison.compare(height, proposal, stock, answer)
        .ifPresent(
            difference -> {
              synchronized (differences) {
                differences.add(difference);
              }
            });
  }

  @Override
  public void reached(long height) {
    nodes.forEach(
        node -> node.awaitHeight(reader, DifferentialNetwork.CHANNEL, height, CATCH_UP_TIMEOUT));
  }

  /** Compares all blocks. */
  void compareBlocks(List<Block> stock) {
    nodes.forEach(node -> compareBlocks(node, stock));
  }

  private void compareBlocks(PeerConnection ours, List<Block> stock) {
    for (int from = 0; from < stock.size(); from += BLOCKS_AT_ONCE) {
      int to = Math.min(from + BLOCKS_AT_ONCE, stock.size());
      List<Block> blocks = ours.blocks(reader, DifferentialNetwork.CHANNEL, from, to - 1);
      if (blocks.size() != to - from) {
        throw new NetworkException("blocks are missing");
      }
      for (int i = from; i < to; i++) {
        differences.addAll(BlockComparison.compare(stock.get(i), blocks.get(i - from)));
      }
    }
  }

  long proposals() {
    return proposals.get();
  }

  List<Difference> differences() {
    return differences;
  }
}
