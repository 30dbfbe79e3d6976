package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.FilteredBlock;
import org.hyperledger.fabric.protos.peer.FilteredChaincodeAction;
import org.hyperledger.fabric.protos.peer.FilteredTransaction;
import org.hyperledger.fabric.protos.peer.FilteredTransactionActions;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block without what its transactions read and wrote: ids, types, codes, and events without their
 * payload.
 *
 * <p>Fabric source: core/peer/deliverevents.go toFilteredBlock.
 */
final class FilteredBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(DeliverService.class);

  private FilteredBlocks() {}

  /**
   * Filters a block.
   *
   * @throws InvalidProtocolBufferException when a transaction in it is malformed beyond its
   *     envelope
   */
  static FilteredBlock of(Block block) throws InvalidProtocolBufferException {
    FilteredBlock.Builder filtered =
        FilteredBlock.newBuilder().setNumber(block.getHeader().getNumber());
    ByteString flags =
        block.getMetadata().getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE);
    for (int i = 0; i < block.getData().getDataCount(); i++) {
      Envelope envelope;
      try {
        envelope = Envelope.parseFrom(block.getData().getData(i));
      } catch (InvalidProtocolBufferException e) {
        LOG.error("error getting tx from block, {}", e.getMessage());
        continue;
      }
      Payload payload = Payload.parseFrom(envelope.getPayload());
      if (payload.hasHeader()) {
        ChannelHeader header = ChannelHeader.parseFrom(payload.getHeader().getChannelHeader());
        filtered.setChannelId(header.getChannelId());
        filtered.addFilteredTransactions(transaction(header, payload, flags.byteAt(i)));
      }
    }
    return filtered.build();
  }

  private static FilteredTransaction transaction(ChannelHeader header, Payload payload, byte flag)
      throws InvalidProtocolBufferException {
    FilteredTransaction.Builder filtered =
        FilteredTransaction.newBuilder()
            .setTxid(header.getTxId())
            .setTypeValue(header.getType())
            .setTxValidationCodeValue(Byte.toUnsignedInt(flag));
    if (header.getType() == HeaderType.ENDORSER_TRANSACTION_VALUE) {
      FilteredTransactionActions.Builder actions = FilteredTransactionActions.newBuilder();
      for (TransactionAction action : Transaction.parseFrom(payload.getData()).getActionsList()) {
        addEvent(action, actions);
      }
      filtered.setTransactionActions(actions);
    }
    return filtered.build();
  }

  private static void addEvent(TransactionAction action, FilteredTransactionActions.Builder into)
      throws InvalidProtocolBufferException {
    ChaincodeActionPayload payload = ChaincodeActionPayload.parseFrom(action.getPayload());
    if (!payload.hasAction()) {
      return;
    }
    ProposalResponsePayload response =
        ProposalResponsePayload.parseFrom(payload.getAction().getProposalResponsePayload());
    ChaincodeEvent event =
        ChaincodeEvent.parseFrom(ChaincodeAction.parseFrom(response.getExtension()).getEvents());
    if (!event.getChaincodeId().isEmpty()) {
      into.addChaincodeActions(
          FilteredChaincodeAction.newBuilder()
              .setChaincodeEvent(
                  ChaincodeEvent.newBuilder()
                      .setTxId(event.getTxId())
                      .setChaincodeId(event.getChaincodeId())
                      .setEventName(event.getEventName())));
    }
  }
}
