package org.blockraft.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.OrdererSection;
import org.blockraft.identity.SignedData;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Consenter;
import org.hyperledger.fabric.protos.common.IdentifierHeader;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.MetadataSignature;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;

/**
 * Checks one block against the one before it and the configuration in force.
 *
 * <p>Invariant: blocks are taken in number order, each linked to the one before, and each with
 * enough good orderer signatures.
 *
 * <p>Fabric: internal/peer/gossip/mcs.go VerifyBlock, protoutil/blockutils.go; v3
 * common/deliverclient/block_verification.go.
 */
public final class BlockVerifier {
  private final ChannelConfig config;
  private final Block block;
  private final BlockHeader header;
  private final byte[] headerBytes;

  private BlockVerifier(ChannelConfig config, Block block) {
    this.config = config;
    this.block = block;
    this.header = block.getHeader();
    this.headerBytes = BlockHeaders.headerBytes(header);
  }

  /**
   * Verifies a block.
   *
   * @param raw a serialized block
   * @param expectedPreviousHash the header hash of the block before; empty: not checked
   * @param config in force for this block: that of the last configuration block before it
   * @throws BlockRejected with Fabric's text
   */
  public static VerifiedBlock verify(
      ByteString raw, long expectedNumber, byte[] expectedPreviousHash, ChannelConfig config) {
    Block block = parse(raw);
    if (!block.hasHeader()) {
      throw new BlockRejected(
          "Invalid Block on channel [%s]. Header must be different from nil."
              .formatted(config.channelId()));
    }
    BlockVerifier verifier = new BlockVerifier(config, block);
    verifier.checkPosition(expectedNumber, expectedPreviousHash);
    verifier.checkChannel();
    Metadata signatures = verifier.signatures();
    verifier.checkData();
    verifier.checkSignatures(signatures);
    return new VerifiedBlock(block, raw, BlockHeaders.sha256(verifier.headerBytes));
  }

  /**
   * Checks a block that another node of this peer has verified: only that it is the next one and
   * undamaged.
   *
   * @param block what {@link #parse} made of {@code raw}
   * @param raw a serialized block, as ordered or as stored
   * @param expectedPreviousHash the header hash of the block before; empty: not checked
   * @throws BlockRejected with Fabric's text
   */
  public static VerifiedBlock linked(
      Block block,
      ByteString raw,
      long expectedNumber,
      byte[] expectedPreviousHash,
      ChannelConfig config) {
    BlockVerifier verifier = new BlockVerifier(config, block);
    verifier.checkPosition(expectedNumber, expectedPreviousHash);
    verifier.checkData();
    return new VerifiedBlock(block, raw, BlockHeaders.sha256(verifier.headerBytes));
  }

  /**
   * A block whose byte fields share memory with {@code raw}.
   *
   * @throws BlockRejected with Fabric's text if it is none
   */
  public static Block parse(ByteString raw) {
    try {
      return BlockWire.parse(raw);
    } catch (InvalidProtocolBufferException e) {
      throw new BlockRejected("error unmarshalling Block: " + BlockWire.BAD_WIRE_FORMAT);
    }
  }

  private void checkPosition(long expectedNumber, byte[] expectedPreviousHash) {
    if (header.getNumber() != expectedNumber) {
      throw new BlockRejected(
          "expected block number is [%s] but actual block number inside block is [%s]"
              .formatted(Long.toUnsignedString(expectedNumber), number()));
    }
    if (expectedPreviousHash.length == 0) {
      return;
    }
    ByteString expected = UnsafeByteOperations.unsafeWrap(expectedPreviousHash);
    if (!header.getPreviousHash().equals(expected)) {
      throw new BlockRejected(
          "Header.PreviousHash of block [%s] is different from Hash(block.Header) of previous block, on channel [%s], received: %s, expected: %s"
              .formatted(
                  number(), config.channelId(), hex(header.getPreviousHash()), hex(expected)));
    }
  }

  private void checkChannel() {
    String failed =
        "Failed getting channel id from block with id [%s] on channel [%s]: [failed to retrieve channel id - %s]";
    if (block.getData().getDataCount() == 0) {
      throw new BlockRejected(failed.formatted(number(), config.channelId(), "block is empty"));
    }
    Optional<ChannelHeader> channel = BlockHeaders.channelHeader(block.getData().getData(0));
    if (channel.isEmpty()) {
      throw new BlockRejected(
          failed.formatted(number(), config.channelId(), "payload header is empty"));
    }
    if (!channel.get().getChannelId().equals(config.channelId())) {
      throw new BlockRejected(
          "Invalid block's channel id. Expected [%s]. Given [%s]"
              .formatted(config.channelId(), channel.get().getChannelId()));
    }
  }

  private Metadata signatures() {
    if (block.getMetadata().getMetadataCount() == 0) {
      throw new BlockRejected(
          "Block with id [%s] on channel [%s] does not have metadata. Block not valid."
              .formatted(number(), config.channelId()));
    }
    try {
      return BlockHeaders.metadata(block, BlockMetadataIndex.SIGNATURES);
    } catch (BlockRejected e) {
      throw new BlockRejected(
          "Failed unmarshalling medatata for signatures [%s]".formatted(e.getMessage()));
    }
  }

  private void checkData() {
    try {
      BlockWire.checkWellFormed(block);
    } catch (BlockRejected e) {
      throw new BlockRejected("block has malformed transactions: " + e.getMessage());
    }
    ByteString actual = UnsafeByteOperations.unsafeWrap(BlockHeaders.dataHash(block.getData()));
    if (!header.getDataHash().equals(actual)) {
      throw new BlockRejected(
          "Header.DataHash is different from Hash(block.Data) for block with id [%s] on channel [%s]"
              .formatted(number(), config.channelId()));
    }
  }

  private void checkSignatures(Metadata metadata) {
    List<SignedData> signatures = new ArrayList<>(metadata.getSignaturesCount());
    for (MetadataSignature signature : metadata.getSignaturesList()) {
      boolean bySignerNumber =
          config.channel().consensusTypeBft()
              && signature.getSignatureHeader().isEmpty()
              && !signature.getIdentifierHeader().isEmpty();
      ByteString signedHeader =
          bySignerNumber ? signature.getIdentifierHeader() : signature.getSignatureHeader();
      ByteString signer = bySignerNumber ? consenter(signedHeader) : creator(signedHeader);
      if (bySignerNumber && signer.isEmpty()) {
        continue; // not one of the consenters
      }
      signatures.add(
          new SignedData(
              signedBytes(metadata.getValue(), signedHeader), signer, signature.getSignature()));
    }
    try {
      config.blockValidation().evaluateSignedData(signatures);
    } catch (IdentityException e) {
      throw new BlockRejected(e.getMessage());
    }
  }

  private ByteString creator(ByteString signatureHeader) {
    try {
      return SignatureHeader.parseFrom(signatureHeader).getCreator();
    } catch (InvalidProtocolBufferException e) {
      throw new BlockRejected(
          "Failed unmarshalling signature header for block with id [%s] on channel [%s]: [error unmarshalling SignatureHeader: %s]"
              .formatted(number(), config.channelId(), BlockWire.BAD_WIRE_FORMAT));
    }
  }

  private ByteString consenter(ByteString identifierHeader) {
    int identifier;
    try {
      identifier = IdentifierHeader.parseFrom(identifierHeader).getIdentifier();
    } catch (InvalidProtocolBufferException e) {
      throw new BlockRejected(
          "failed unmarshalling identifier header for block %s: error unmarshalling IdentifierHeader: %s"
              .formatted(number(), BlockWire.BAD_WIRE_FORMAT));
    }
    List<Consenter> consenters = config.orderer().map(OrdererSection::consenters).orElse(List.of());
    for (Consenter consenter : consenters) {
      if (consenter.getId() == identifier) {
        return SerializedIdentity.newBuilder()
            .setMspid(consenter.getMspId())
            .setIdBytes(consenter.getIdentity())
            .build()
            .toByteString();
      }
    }
    return ByteString.EMPTY;
  }

  private ByteString signedBytes(ByteString value, ByteString signedHeader) {
    byte[] bytes = new byte[value.size() + signedHeader.size() + headerBytes.length];
    value.copyTo(bytes, 0);
    signedHeader.copyTo(bytes, value.size());
    System.arraycopy(headerBytes, 0, bytes, value.size() + signedHeader.size(), headerBytes.length);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private String number() {
    return Long.toUnsignedString(header.getNumber());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
