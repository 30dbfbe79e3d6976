package org.blockraft.worker;

import java.util.concurrent.CompletableFuture;
import org.hyperledger.fabric.protos.peer.ProposalResponse;

/**
 * A node's capacity to simulate: {@link LocalWorker} in this process, {@link LinkWorker} over the
 * link to another node. Safe for use by many threads.
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

  /** The same without making the caller wait; fails with what {@link #simulate} throws. */
  CompletableFuture<ProposalResponse> submit(SimulationTask task);

  /** Whether it takes new work at all. */
  boolean isAvailable();

  /** Proposals that it works on, from whatever ingress, as far as is known here. */
  int outstanding();

  /** The same on average over the last half second. */
  double load();
}
