package org.blockraft.differential;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Shows a peer of ours each proposal that a stock peer has answered, at the same height, and
 * compares the answers; at the end compares all blocks. Safe for any thread.
 */
final class LiveComparison implements ProposalWitness {
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(2);
  private static final int BLOCKS_AT_ONCE = 50;

  private final PeerConnection ours;
  private final Party reader;
  private final AtomicLong proposals = new AtomicLong();
  private final List<Difference> differences = new ArrayList<>();

  LiveComparison(PeerConnection ours, Party reader) {
    this.ours = ours;
    this.reader = reader;
  }

  @Override
  public void answered(long height, SignedProposal proposal, PeerConnection.Answer stock) {
    PeerConnection.Answer answer = ours.process(proposal);
    proposals.incrementAndGet();
    differ(height, proposal, stock, answer);
  }

  @Override
  public void warmUp(Draft draft) {
    ours.warmUp(draft);
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
    ours.awaitHeight(reader, DifferentialNetwork.CHANNEL, height, CATCH_UP_TIMEOUT);
  }

  /** Compares all blocks. */
  void compareBlocks(List<Block> stock) {
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
