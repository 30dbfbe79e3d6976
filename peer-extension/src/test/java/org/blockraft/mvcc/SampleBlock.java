package org.blockraft.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.state.Version;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.ledger.rwset.NsReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataEntry;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVMetadataWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRWSet;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVRead;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.KVWrite;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.QueryReads;
import org.hyperledger.fabric.protos.ledger.rwset.kvrwset.RangeQueryInfo;
import org.hyperledger.fabric.protos.peer.ChaincodeAction;
import org.hyperledger.fabric.protos.peer.ChaincodeActionPayload;
import org.hyperledger.fabric.protos.peer.ChaincodeEndorsedAction;
import org.hyperledger.fabric.protos.peer.ProposalResponsePayload;
import org.hyperledger.fabric.protos.peer.Transaction;
import org.hyperledger.fabric.protos.peer.TransactionAction;

/** A block of transactions of one namespace, put together call by call. */
final class SampleBlock {

  static final String NAMESPACE = "cc";

  private static final ByteString SIGNATURE_HEADER =
      SignatureHeader.newBuilder()
          .setCreator(ByteString.copyFromUtf8("creator"))
          .setNonce(ByteString.copyFromUtf8("nonce"))
          .build()
          .toByteString();

  private final long number;
  private final List<KVRWSet.Builder> transactions = new ArrayList<>();

  SampleBlock(long number) {
    this.number = number;
  }

  SampleBlock tx() {
    transactions.add(KVRWSet.newBuilder());
    return this;
  }

  SampleBlock read(String key, Version version) {
    current().addReads(kvRead(key, version));
    return this;
  }

  SampleBlock write(String key, String value) {
    current().addWrites(KVWrite.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)));
    return this;
  }

  SampleBlock delete(String key) {
    current().addWrites(KVWrite.newBuilder().setKey(key).setIsDelete(true));
    return this;
  }

  SampleBlock metadata(String key, String value) {
    current()
        .addMetadataWrites(
            KVMetadataWrite.newBuilder()
                .setKey(key)
                .addEntries(
                    KVMetadataEntry.newBuilder()
                        .setName("m")
                        .setValue(ByteString.copyFromUtf8(value))));
    return this;
  }

  SampleBlock deleteMetadata(String key) {
    current().addMetadataWrites(KVMetadataWrite.newBuilder().setKey(key));
    return this;
  }

  SampleBlock range(String start, String end, boolean exhausted, KVRead... rows) {
    current()
        .addRangeQueriesInfo(
            RangeQueryInfo.newBuilder()
                .setStartKey(start)
                .setEndKey(end)
                .setItrExhausted(exhausted)
                .setRawReads(QueryReads.newBuilder().addAllKvReads(List.of(rows))));
    return this;
  }

  static KVRead kvRead(String key, Version version) {
    KVRead.Builder read = KVRead.newBuilder().setKey(key);
    if (version != null) {
      read.getVersionBuilder().setBlockNum(version.block()).setTxNum(version.tx());
    }
    return read.build();
  }

  int size() {
    return transactions.size();
  }

  ValidatedBlock build() {
    return build(new byte[transactions.size()]);
  }

  ValidatedBlock build(byte[] flags) {
    BlockData.Builder data = BlockData.newBuilder();
    for (KVRWSet.Builder transaction : transactions) {
      TxReadWriteSet readWriteSet =
          TxReadWriteSet.newBuilder()
              .addNsRwset(
                  NsReadWriteSet.newBuilder()
                      .setNamespace(NAMESPACE)
                      .setRwset(transaction.build().toByteString()))
              .build();
      data.addData(endorsed(readWriteSet.toByteString()));
    }
    Block block =
        Block.newBuilder()
            .setHeader(BlockHeader.newBuilder().setNumber(number))
            .setData(data)
            .build();
    return ValidatedBlock.withFlags(
        new VerifiedBlock(block, block.toByteString(), new byte[0]), flags);
  }

  /** The envelope of a transaction with the given results; hashes and signatures are not needed. */
  static ByteString endorsed(ByteString results) {
    MessageLite action = ChaincodeAction.newBuilder().setResults(results).build();
    MessageLite response =
        ProposalResponsePayload.newBuilder().setExtension(action.toByteString()).build();
    MessageLite payload =
        ChaincodeActionPayload.newBuilder()
            .setAction(
                ChaincodeEndorsedAction.newBuilder()
                    .setProposalResponsePayload(response.toByteString()))
            .build();
    Transaction transaction =
        Transaction.newBuilder()
            .addActions(
                TransactionAction.newBuilder()
                    .setHeader(SIGNATURE_HEADER)
                    .setPayload(payload.toByteString()))
            .build();
    return envelope(HeaderType.ENDORSER_TRANSACTION, transaction.toByteString());
  }

  static ByteString envelope(HeaderType type, ByteString data) {
    ByteString channelHeader =
        ChannelHeader.newBuilder().setType(type.getNumber()).build().toByteString();
    Payload payload =
        Payload.newBuilder()
            .setHeader(
                Header.newBuilder()
                    .setChannelHeader(channelHeader)
                    .setSignatureHeader(SIGNATURE_HEADER))
            .setData(data)
            .build();
    return Envelope.newBuilder().setPayload(payload.toByteString()).build().toByteString();
  }

  private KVRWSet.Builder current() {
    return transactions.getLast();
  }
}
