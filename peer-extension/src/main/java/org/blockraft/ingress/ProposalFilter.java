package org.blockraft.ingress;

import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Stands before the endorser on the Endorser service, not on the gateway, as in stock.
 *
 * <p>Fabric source: core/handlers/auth.
 */
@FunctionalInterface
public interface ProposalFilter {
  /** Lets every proposal pass. */
  ProposalFilter NONE = proposal -> {};

  /**
   * Returns when the proposal may pass.
   *
   * @throws org.blockraft.endorse.ProposalRejected with Fabric's text when it may not
   */
  void check(SignedProposal proposal);

  /** This filter, then another one. */
  default ProposalFilter then(ProposalFilter next) {
    return proposal -> {
      check(proposal);
      next.check(proposal);
    };
  }
}
