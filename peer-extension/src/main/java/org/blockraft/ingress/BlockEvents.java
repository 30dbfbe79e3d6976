package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * The chaincode events of a block's valid transactions, in order.
 *
 * <p>Fabric source: internal/pkg/gateway/event.
 */
final class BlockEvents {
  private BlockEvents() {}

  /**
   * The events.
   *
   * @throws InvalidProtocolBufferException when a transaction is malformed above its actions
   */
  static List<ChaincodeEvent> of(Block block) throws InvalidProtocolBufferException {
    List<ChaincodeEvent> events = new ArrayList<>();
    for (int i = 0; i < block.getData().getDataCount(); i++) {
      Envelope envelope = Envelope.parseFrom(block.getData().getData(i));
      Payload payload = Payload.parseFrom(envelope.getPayload());
      ChannelHeader header = ChannelHeader.parseFrom(payload.getHeader().getChannelHeader());
      if (header.getType() == HeaderType.ENDORSER_TRANSACTION_VALUE && isValid(block, i)) {
        for (TransactionAction action : Transaction.parseFrom(payload.getData()).getActionsList()) {
          addEvent(action, events);
        }
      }
    }
    return events;
  }

  private static boolean isValid(Block block, int tx) {
    int index = BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE;
    if (index >= block.getMetadata().getMetadataCount()) {
      return false;
    }
    ByteString flags = block.getMetadata().getMetadata(index);
    return tx < flags.size() && flags.byteAt(tx) == TxValidationCode.VALID_VALUE;
  }

  private static void addEvent(TransactionAction action, List<ChaincodeEvent> events) {
    try {
      ByteString response =
          ChaincodeActionPayload.parseFrom(action.getPayload())
              .getAction()
              .getProposalResponsePayload();
      ByteString extension = ProposalResponsePayload.parseFrom(response).getExtension();
      ChaincodeEvent event =
          ChaincodeEvent.parseFrom(ChaincodeAction.parseFrom(extension).getEvents());
      boolean complete =
          !event.getChaincodeId().isEmpty()
              && !event.getEventName().isEmpty()
              && !event.getTxId().isEmpty();
      if (complete) {
        events.add(event);
      }
    } catch (InvalidProtocolBufferException e) {
      // Stock passes over an action that it cannot read.
    }
  }
}
