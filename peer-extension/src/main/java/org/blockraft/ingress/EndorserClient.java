package org.blockraft.ingress;

import java.time.Duration;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** Reaches the endorser of one peer: this one's dispatcher, or another peer over gRPC. */
@FunctionalInterface
public interface EndorserClient {
  /**
   * Has a proposal endorsed; blocks, at most about as long as the timeout. Never throws for what
   * the peer answers.
   */
  Reply process(SignedProposal proposal, Duration timeout);

  /** What came of it. */
  sealed interface Reply {
    /** The peer answered. */
    record Answered(ProposalResponse response) implements Reply {}

    /** The peer refused the proposal as such; asking another one is pointless. */
    record Refused(String text) implements Reply {}

    /** The peer could not be reached or the call failed. */
    record Failed(String text) implements Reply {}
  }
}
