package org.blockraft.differential;

import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;

/** What a peer needs before it takes part in a compared chain. */
final class Preparation {
  private static final int SUCCESS = 200;

  private Preparation() {}

  /** Has a peer join the channel and install all packages. */
  static void join(PeerConnection peer, Party admin, Block genesis) {
    require(peer, new ProposalBuilder(admin, "", "cscc").args("JoinChain").arg(genesis).build());
    for (String label : ProbePackages.LABELS) {
      require(peer, Deployment.install(admin, label));
    }
  }

  private static void require(PeerConnection peer, Draft draft) {
    PeerConnection.Answer answer = peer.process(draft.signed());
    if (answer.failure() != null || answer.response().getResponse().getStatus() != SUCCESS) {
      throw new NetworkException(AnswerComparison.describe(answer));
    }
  }
}
