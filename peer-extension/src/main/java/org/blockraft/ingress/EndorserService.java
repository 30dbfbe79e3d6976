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

  public EndorserService(ProposalDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  @Override
  public void processProposal(SignedProposal proposal, StreamObserver<ProposalResponse> responses) {
    UnaryCalls.answer(responses, dispatcher.submit(proposal, true));
  }
}
