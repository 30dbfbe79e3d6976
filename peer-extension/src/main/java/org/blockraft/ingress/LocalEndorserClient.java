package org.blockraft.ingress;

import java.time.Duration;
import org.blockraft.dispatch.ProposalDispatcher;
import org.blockraft.endorse.ProposalRejected;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** The endorser of this peer. Its time limits are those of the chaincode's execution. */
public final class LocalEndorserClient implements EndorserClient {
  private final ProposalDispatcher dispatcher;
  private final boolean filtered;

  /**
   * @param filtered whether the filters of the Endorser service stand before the gateway too: they
   *     do in 3.1, they do not in 2.5 (Fabric internal/peer/node/start.go)
   */
  public LocalEndorserClient(ProposalDispatcher dispatcher, boolean filtered) {
    this.dispatcher = dispatcher;
    this.filtered = filtered;
  }

  @Override
  public Reply process(SignedProposal proposal, Duration timeout) {
    try {
      return new Reply.Answered(dispatcher.endorse(proposal, filtered));
    } catch (ProposalRejected e) {
      return e.isFiltered() ? new Reply.Failed(e.getMessage()) : new Reply.Refused(e.getMessage());
    } catch (RuntimeException e) {
      return new Reply.Failed(StatusMapper.map(e).getStatus().getDescription());
    }
  }
}
