package org.blockraft.intake;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.blockraft.identity.SampleChannel;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.LastConfig;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.MetadataSignature;
import org.hyperledger.fabric.protos.common.OrdererBlockMetadata;

/** A chain of blocks made up for tests, signed as an orderer signs. */
final class SampleBlocks {
  private final SampleChannel channel;
  private final List<Block> blocks = new ArrayList<>();

  SampleBlocks(SampleChannel channel) {
    this.channel = channel;
    blocks.add(unsigned(ByteString.copyFromUtf8("stands for the genesis block")));
  }

  Block get(int number) {
    return blocks.get(number);
  }

  int height() {
    return blocks.size();
  }

  ChainTip tip() {
    return new ChainTip(height(), BlockHeaders.headerHash(blocks.getLast().getHeader()));
  }

  Block addTransactions(int count) {
    ByteString[] transactions = new ByteString[count];
    for (int i = 0; i < count; i++) {
      transactions[i] =
          SampleChannel.envelope(
                  HeaderType.ENDORSER_TRANSACTION,
                  channel.client1.signer(),
                  ByteString.copyFromUtf8("transaction " + i))
              .toByteString();
    }
    return add(transactions);
  }

  Block addConfig(ConfigEnvelope config) {
    return add(
        SampleChannel.envelope(HeaderType.CONFIG, channel.orderer.signer(), config.toByteString())
            .toByteString());
  }

  private Block add(ByteString... transactions) {
    Block block = sign(unsigned(transactions), channel.orderer.signer());
    blocks.add(block);
    return block;
  }

  private Block unsigned(ByteString... transactions) {
    BlockData data = BlockData.newBuilder().addAllData(List.of(transactions)).build();
    BlockHeader.Builder header =
        BlockHeader.newBuilder()
            .setNumber(blocks.size())
            .setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data)));
    if (!blocks.isEmpty()) {
      header.setPreviousHash(
          ByteString.copyFrom(BlockHeaders.headerHash(blocks.getLast().getHeader())));
    }
    return Block.newBuilder().setHeader(header).setData(data).build();
  }

  /** The block with metadata that holds one signature over its header. */
  static Block sign(Block block, Signer signer) {
    ByteString value =
        OrdererBlockMetadata.newBuilder()
            .setLastConfig(LastConfig.getDefaultInstance())
            .build()
            .toByteString();
    ByteString signatureHeader = signer.newSignatureHeader().toByteString();
    ByteString signed =
        value
            .concat(signatureHeader)
            .concat(ByteString.copyFrom(BlockHeaders.headerBytes(block.getHeader())));
    Metadata metadata =
        Metadata.newBuilder()
            .setValue(value)
            .addSignatures(
                MetadataSignature.newBuilder()
                    .setSignatureHeader(signatureHeader)
                    .setSignature(signer.sign(signed)))
            .build();
    BlockMetadata.Builder slots = BlockMetadata.newBuilder().addMetadata(metadata.toByteString());
    for (int i = 1; i < 5; i++) {
      slots.addMetadata(ByteString.EMPTY);
    }
    return block.toBuilder().setMetadata(slots).build();
  }
}
