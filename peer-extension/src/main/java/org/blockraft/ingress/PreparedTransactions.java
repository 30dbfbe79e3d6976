package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.ChaincodeProposalPayload;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;

/**
 * A transaction made of a proposal and its endorsements; the client signs it.
 *
 * <p>Fabric source: internal/pkg/gateway/submit.go prepareTransaction.
 */
final class PreparedTransactions {
  private PreparedTransactions() {}

  static Envelope of(
      GatewayProposal proposal, ByteString responsePayload, List<Endorsement> endorsements) {
    // Transient data never goes into a transaction.
    ChaincodeProposalPayload input =
        ChaincodeProposalPayload.newBuilder().setInput(proposal.payload().getInput()).build();
    ChaincodeActionPayload action =
        ChaincodeActionPayload.newBuilder()
            .setChaincodeProposalPayload(input.toByteString())
            .setAction(
                ChaincodeEndorsedAction.newBuilder()
                    .setProposalResponsePayload(responsePayload)
                    .addAllEndorsements(endorsements))
            .build();
    Transaction transaction =
        Transaction.newBuilder()
            .addActions(
                TransactionAction.newBuilder()
                    .setHeader(proposal.header().getSignatureHeader())
                    .setPayload(action.toByteString()))
            .build();
    Payload payload =
        Payload.newBuilder()
            .setHeader(proposal.header())
            .setData(transaction.toByteString())
            .build();
    return Envelope.newBuilder().setPayload(payload.toByteString()).build();
  }
}
