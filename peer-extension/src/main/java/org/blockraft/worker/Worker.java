package org.blockraft.worker;

import org.blockraft.validate.SliceVerdict;
import org.blockraft.validate.ValidationSlice;
import org.hyperledger.fabric.protos.peer.ProposalResponse;

/**
 * A node's capacity to simulate and verify: {@link LocalWorker} in this process, links to other
 * nodes later. Safe for use by many threads.
 */
public interface Worker {
  /** The name of its node, for logs and metrics. */
  String name();

  /** The height up to which it can simulate on a channel; zero when it has not joined it. */
  long height(String channelId);

  /**
   * Checks, simulates and endorses one proposal.
   *
   * @throws org.blockraft.endorse.ProposalRejected when the proposal is refused as such
   * @throws WorkerLost when the worker is gone and another one may do the task
   */
  ProposalResponse simulate(SimulationTask task);

  /**
   * Verifies what needs no state in a range of a block's transactions: form, creators,
   * endorsements' signatures.
   *
   * @throws WorkerLost when the worker is gone and another one may do the slice
   */
  SliceVerdict verify(ValidationSlice slice);
}
