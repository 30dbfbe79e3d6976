package org.blockraft.ingress;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Blocks for tests; their hashes are left out, since no service looks at them. */
final class TestBlocks {
  static final String CHANNEL = "testchannel";

  private TestBlocks() {}

  /** A transaction that emits an event named after itself. */
  static ByteString transaction(String txId, String chaincode) {
    ChaincodeEvent event =
        ChaincodeEvent.newBuilder()
            .setChaincodeId(chaincode)
            .setTxId(txId)
            .setEventName("event-" + txId)
            .setPayload(ByteString.copyFromUtf8("payload-" + txId))
            .build();
    ProposalResponsePayload response =
        ProposalResponsePayload.newBuilder()
            .setExtension(
                ChaincodeAction.newBuilder().setEvents(event.toByteString()).build().toByteString())
            .build();
    ChaincodeActionPayload action =
        ChaincodeActionPayload.newBuilder()
            .setAction(
                ChaincodeEndorsedAction.newBuilder()
                    .setProposalResponsePayload(response.toByteString()))
            .build();
    Transaction transaction =
        Transaction.newBuilder()
            .addActions(TransactionAction.newBuilder().setPayload(action.toByteString()))
            .build();
    ChannelHeader header =
        ChannelHeader.newBuilder()
            .setType(HeaderType.ENDORSER_TRANSACTION_VALUE)
            .setChannelId(CHANNEL)
            .setTxId(txId)
            .build();
    return envelope(header, transaction.toByteString());
  }

  static ByteString envelope(ChannelHeader header, ByteString data) {
    Payload payload =
        Payload.newBuilder()
            .setHeader(Header.newBuilder().setChannelHeader(header.toByteString()))
            .setData(data)
            .build();
    return Envelope.newBuilder().setPayload(payload.toByteString()).build().toByteString();
  }

  static Block block(long number, List<ByteString> transactions, TxValidationCode... codes) {
    byte[] flags = new byte[codes.length];
    for (int i = 0; i < codes.length; i++) {
      flags[i] = (byte) codes[i].getNumber();
    }
    return Block.newBuilder()
        .setHeader(BlockHeader.newBuilder().setNumber(number))
        .setData(BlockData.newBuilder().addAllData(transactions))
        .setMetadata(
            BlockMetadata.newBuilder()
                .addMetadata(ByteString.EMPTY)
                .addMetadata(ByteString.EMPTY)
                .addMetadata(ByteString.copyFrom(flags)))
        .build();
  }

  /** A block with one valid transaction, {@code tx<number>}. */
  static Block block(long number) {
    return block(number, List.of(transaction("tx" + number, "mycc")), TxValidationCode.VALID);
  }
}
