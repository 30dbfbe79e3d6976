package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.util.List;
import org.blockraft.intake.BlockHeaders;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.LastConfig;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.MetadataSignature;
import org.hyperledger.fabric.protos.common.OrdererBlockMetadata;

/** Makes blocks that no orderer would cut, and signs them as one. */
final class BlockForge {
  private final Party orderer;
  private final long lastConfig;
  private BlockHeader tip;

  /**
   * @param last the newest block so far
   */
  BlockForge(Party orderer, Block last) {
    this.orderer = orderer;
    this.lastConfig =
        BlockHeaders.isConfigBlock(last)
            ? last.getHeader().getNumber()
            : BlockHeaders.lastConfigIndex(last);
    this.tip = last.getHeader();
  }

  Block next(List<Envelope> envelopes) {
    BlockData.Builder data = BlockData.newBuilder();
    envelopes.forEach(e -> data.addData(e.toByteString()));
    tip =
        BlockHeader.newBuilder()
            .setNumber(tip.getNumber() + 1)
            .setPreviousHash(ByteString.copyFrom(BlockHeaders.headerHash(tip)))
            .setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data.build())))
            .build();
    BlockMetadata.Builder metadata = BlockMetadata.newBuilder().addMetadata(signatures());
    for (int i = 0; i < 4; i++) {
      metadata.addMetadata(ByteString.EMPTY);
    }
    return Block.newBuilder().setHeader(tip).setData(data).setMetadata(metadata).build();
  }

  private ByteString signatures() {
    ByteString value =
        OrdererBlockMetadata.newBuilder()
            .setLastConfig(LastConfig.newBuilder().setIndex(lastConfig))
            .build()
            .toByteString();
    ByteString header = orderer.signer().newSignatureHeader().toByteString();
    ByteString signed =
        value.concat(header).concat(ByteString.copyFrom(BlockHeaders.headerBytes(tip)));
    return Metadata.newBuilder()
        .setValue(value)
        .addSignatures(
            MetadataSignature.newBuilder()
                .setSignatureHeader(header)
                .setSignature(orderer.sign(signed)))
        .build()
        .toByteString();
  }
}
