package org.blockraft.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.blockraft.identity.DigestInput;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Header;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.LastConfig;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.OrdererBlockMetadata;
import org.hyperledger.fabric.protos.common.Payload;

/**
 * What links blocks to each other and to their configuration.
 *
 * <p>Fabric: protoutil/blockutils.go, commonutils.go IsConfigBlock.
 */
public final class BlockHeaders {
  private static final int DER_INTEGER = 0x02;
  private static final int DER_OCTET_STRING = 0x04;
  private static final int DER_SEQUENCE = 0x30;

  private BlockHeaders() {}

  /** SHA-256 over the DER form of a header. */
  public static byte[] headerHash(BlockHeader header) {
    return sha256(headerBytes(header));
  }

  /** DER: SEQUENCE of INTEGER number, OCTET STRING previous hash, OCTET STRING data hash. */
  public static byte[] headerBytes(BlockHeader header) {
    ByteString previous = header.getPreviousHash();
    ByteString data = header.getDataHash();
    int numberLength = unsignedLength(header.getNumber());
    int content =
        2 + numberLength + octetStringLength(previous.size()) + octetStringLength(data.size());
    byte[] der = new byte[1 + lengthLength(content) + content];
    int at = putHead(der, 0, DER_SEQUENCE, content);
    at = putHead(der, at, DER_INTEGER, numberLength);
    for (int shift = 8 * (numberLength - 1); shift >= 0; shift -= 8) {
      der[at++] = shift >= Long.SIZE ? 0 : (byte) (header.getNumber() >>> shift);
    }
    at = putHead(der, at, DER_OCTET_STRING, previous.size());
    previous.copyTo(der, at);
    at = putHead(der, at + previous.size(), DER_OCTET_STRING, data.size());
    data.copyTo(der, at);
    return der;
  }

  /** SHA-256 over the concatenated transactions. */
  public static byte[] dataHash(BlockData data) {
    MessageDigest digest = sha256();
    for (ByteString transaction : data.getDataList()) {
      DigestInput.update(digest, transaction);
    }
    return digest.digest();
  }

  /**
   * The number of the last configuration block up to and including this block.
   *
   * @throws BlockRejected if the metadata does not tell
   */
  @SuppressWarnings("deprecation") // old ordering services used the slot of its own
  public static long lastConfigIndex(Block block) {
    Metadata signatures = metadata(block, BlockMetadataIndex.SIGNATURES);
    try {
      if (!signatures.getValue().isEmpty()) {
        return OrdererBlockMetadata.parseFrom(signatures.getValue()).getLastConfig().getIndex();
      }
    } catch (InvalidProtocolBufferException e) {
      throw new BlockRejected(
          "failed to unmarshal orderer block metadata: " + BlockWire.BAD_WIRE_FORMAT);
    }
    try {
      Metadata lastConfig = metadata(block, BlockMetadataIndex.LAST_CONFIG);
      return LastConfig.parseFrom(lastConfig.getValue()).getIndex();
    } catch (InvalidProtocolBufferException e) {
      throw new BlockRejected("error unmarshalling LastConfig: " + BlockWire.BAD_WIRE_FORMAT);
    }
  }

  /**
   * One slot of the block metadata.
   *
   * @throws BlockRejected if there is no such slot or it is not a {@code Metadata}
   */
  public static Metadata metadata(Block block, BlockMetadataIndex index) {
    if (!block.hasMetadata()) {
      throw new BlockRejected("no metadata in block");
    }
    if (block.getMetadata().getMetadataCount() <= index.getNumber()) {
      throw new BlockRejected("no metadata at index [%s]".formatted(index.name()));
    }
    try {
      return Metadata.parseFrom(block.getMetadata().getMetadata(index.getNumber()));
    } catch (InvalidProtocolBufferException e) {
      throw new BlockRejected(
          "error unmarshalling metadata at index [%s]: %s"
              .formatted(index.name(), BlockWire.BAD_WIRE_FORMAT));
    }
  }

  /** Whether a block holds exactly one transaction and that is a configuration transaction. */
  @SuppressWarnings("deprecation") // old chains hold transactions of that type
  public static boolean isConfigBlock(Block block) {
    if (block.getData().getDataCount() != 1) {
      return false;
    }
    return channelHeader(block.getData().getData(0))
        .map(ChannelHeader::getType)
        .filter(
            type -> type == HeaderType.CONFIG_VALUE || type == HeaderType.ORDERER_TRANSACTION_VALUE)
        .isPresent();
  }

  /** The configuration in a configuration block; empty for any other block. */
  public static Optional<ConfigEnvelope> configEnvelope(Block block) {
    if (!isConfigBlock(block)) {
      return Optional.empty();
    }
    try {
      Envelope envelope = Envelope.parseFrom(block.getData().getData(0));
      return Optional.of(
          ConfigEnvelope.parseFrom(Payload.parseFrom(envelope.getPayload()).getData()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /** The channel header of a serialized envelope; empty if there is none. */
  public static Optional<ChannelHeader> channelHeader(ByteString envelope) {
    try {
      Payload payload = Payload.parseFrom(Envelope.parseFrom(envelope).getPayload());
      if (!payload.hasHeader()) {
        return Optional.empty();
      }
      Header header = payload.getHeader();
      return Optional.of(ChannelHeader.parseFrom(header.getChannelHeader()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  static byte[] sha256(byte[] bytes) {
    return sha256().digest(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static int unsignedLength(long number) {
    return (Long.SIZE - Long.numberOfLeadingZeros(number)) / 8 + 1;
  }

  private static int octetStringLength(int content) {
    return 1 + lengthLength(content) + content;
  }

  private static int lengthLength(int length) {
    if (length < 0x80) {
      return 1;
    }
    return 1 + (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
  }

  private static int putHead(byte[] der, int start, int tag, int length) {
    int at = start;
    der[at++] = (byte) tag;
    int bytes = lengthLength(length) - 1;
    if (bytes == 0) {
      der[at++] = (byte) length;
      return at;
    }
    der[at++] = (byte) (0x80 | bytes);
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      der[at++] = (byte) (length >>> shift);
    }
    return at;
  }
}
