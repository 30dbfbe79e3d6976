package org.blockraft.ingress;

import io.grpc.stub.StreamObserver;
import org.blockraft.dispatch.ProposalDispatcher;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Proposals sent to this peer directly.
 *
 * <p>Fabric source: core/endorser/endorser.go ProcessProposal.
 */
public final class EndorserService extends EndorserGrpc.EndorserImplBase {
  private final ProposalDispatcher dispatcher;
  private final ProposalFilter filter;

  /**
   * @param filter what a proposal must pass before it is looked at, as stock's authentication filters
   */
  public EndorserService(ProposalDispatcher dispatcher, ProposalFilter filter) {
    this.dispatcher = dispatcher;
    this.filter = filter;
  }

  @Override
  public void processProposal(SignedProposal proposal, StreamObserver<ProposalResponse> responses) {
    UnaryCalls.answer(
        responses,
        () -> {
          filter.check(proposal);
          return dispatcher.endorse(proposal);
        });
  }
}
