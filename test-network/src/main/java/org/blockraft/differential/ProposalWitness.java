package org.blockraft.differential;

import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Learns of each proposal that the stock peer of Org1 has answered, at the height it was answered
 * at. Called by several threads; the chain does not grow before all calls have returned.
 */
interface ProposalWitness {
  void answered(long height, SignedProposal proposal, PeerConnection.Answer stock);

  /** A proposal that does nothing; its answer is not compared, but must be an endorsement. */
  default void warmUp(Draft draft) {}

  /** Called by one thread when the stock peers have so many blocks; may wait for others. */
  default void reached(long height) {}
}
