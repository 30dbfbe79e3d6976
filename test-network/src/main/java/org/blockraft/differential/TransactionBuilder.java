package org.blockraft.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.Endorsement;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;

/**
 * Makes a transaction of a proposal and what its endorsers answered. Every part can be bent; what
 * is endorsed can be changed and endorsed again, since we hold the peers' keys.
 */
public final class TransactionBuilder {
  final Draft draft;
  final List<Endorsement> endorsements = new ArrayList<>();
  private ByteString endorsed;
  private Consumer<ChannelHeader.Builder> channelHeader = b -> {};
  private Consumer<SignatureHeader.Builder> signatureHeader = b -> {};
  private Consumer<ChaincodeActionPayload.Builder> actionPayload = b -> {};
  private Consumer<TransactionAction.Builder> action = b -> {};
  private Consumer<Transaction.Builder> transaction = b -> {};
  private Consumer<Payload.Builder> payload = b -> {};
  private Consumer<Envelope.Builder> envelope = b -> {};

  public TransactionBuilder(Draft draft, ByteString endorsed, List<Endorsement> endorsements) {
    this.draft = draft;
    this.endorsed = endorsed;
    this.endorsements.addAll(endorsements);
  }

  ByteString endorsed() {
    return endorsed;
  }

  /** Replaces all endorsements by those of the parties over what is endorsed now. */
  TransactionBuilder endorse(List<Party> parties) {
    endorsements.clear();
    parties.forEach(p -> endorsements.add(p.endorse(endorsed)));
    return this;
  }

  TransactionBuilder bendEndorsed(UnaryOperator<ByteString> change) {
    endorsed = change.apply(endorsed);
    return this;
  }

  TransactionBuilder bendResponse(Consumer<ProposalResponsePayload.Builder> change) {
    try {
      ProposalResponsePayload.Builder builder =
          ProposalResponsePayload.parseFrom(endorsed).toBuilder();
      change.accept(builder);
      endorsed = builder.build().toByteString();
      return this;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  TransactionBuilder bendChaincodeAction(Consumer<ChaincodeAction.Builder> change) {
    return bendResponse(
        response -> {
          try {
            ChaincodeAction.Builder builder =
                ChaincodeAction.parseFrom(response.getExtension()).toBuilder();
            change.accept(builder);
            response.setExtension(builder.build().toByteString());
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  TransactionBuilder bendReadWriteSet(Consumer<TxReadWriteSet.Builder> change) {
    return bendChaincodeAction(
        chaincodeAction -> {
          try {
            TxReadWriteSet.Builder builder =
                TxReadWriteSet.parseFrom(chaincodeAction.getResults()).toBuilder();
            change.accept(builder);
            chaincodeAction.setResults(builder.build().toByteString());
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  TransactionBuilder bendChannelHeader(Consumer<ChannelHeader.Builder> change) {
    channelHeader = change;
    return this;
  }

  TransactionBuilder bendSignatureHeader(Consumer<SignatureHeader.Builder> change) {
    signatureHeader = change;
    return this;
  }

  TransactionBuilder bendActionPayload(Consumer<ChaincodeActionPayload.Builder> change) {
    actionPayload = change;
    return this;
  }

  TransactionBuilder bendAction(Consumer<TransactionAction.Builder> change) {
    action = change;
    return this;
  }

  TransactionBuilder bendTransaction(Consumer<Transaction.Builder> change) {
    transaction = change;
    return this;
  }

  TransactionBuilder bendPayload(Consumer<Payload.Builder> change) {
    payload = change;
    return this;
  }

  TransactionBuilder bendEnvelope(Consumer<Envelope.Builder> change) {
    envelope = change;
    return this;
  }

  public Envelope build() {
    try {
      ChannelHeader.Builder channel = ChannelHeader.parseFrom(draft.channelHeader()).toBuilder();
      channelHeader.accept(channel);
      SignatureHeader.Builder signature =
          SignatureHeader.parseFrom(draft.signatureHeader()).toBuilder();
      signatureHeader.accept(signature);
      Payload.Builder whole =
          Payload.newBuilder()
              .setHeader(
                  Header.newBuilder()
                      .setChannelHeader(channel.build().toByteString())
                      .setSignatureHeader(signature.build().toByteString()))
              .setData(transaction().toByteString());
      payload.accept(whole);
      ByteString bytes = whole.build().toByteString();
      Envelope.Builder result =
          Envelope.newBuilder().setPayload(bytes).setSignature(draft.creator().sign(bytes));
      envelope.accept(result);
      return result.build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private Transaction transaction() {
    ChaincodeActionPayload.Builder content =
        ChaincodeActionPayload.newBuilder()
            .setChaincodeProposalPayload(draft.payload())
            .setAction(
                ChaincodeEndorsedAction.newBuilder()
                    .setProposalResponsePayload(endorsed)
                    .addAllEndorsements(endorsements));
    actionPayload.accept(content);
    TransactionAction.Builder only =
        TransactionAction.newBuilder()
            .setHeader(draft.signatureHeader())
            .setPayload(content.build().toByteString());
    action.accept(only);
    Transaction.Builder all = Transaction.newBuilder().addActions(only);
    transaction.accept(all);
    return all.build();
  }
}
