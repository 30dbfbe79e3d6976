package org.blockraft.ingress;

import java.time.Duration;
import org.blockraft.dispatch.ProposalDispatcher;
import org.blockraft.endorse.ProposalRejected;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** The endorser of this peer. Its time limits are those of the chaincode's execution. */
public final class LocalEndorserClient implements EndorserClient {
  private final ProposalDispatcher dispatcher;

  public LocalEndorserClient(ProposalDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  @Override
  public Reply process(SignedProposal proposal, Duration timeout) {
    try {
      return new Reply.Answered(dispatcher.endorse(proposal, false));
    } catch (ProposalRejected e) {
      return new Reply.Refused(e.getMessage());
    } catch (RuntimeException e) {
      return new Reply.Failed(StatusMapper.map(e).getStatus().getDescription());
    }
  }
}
