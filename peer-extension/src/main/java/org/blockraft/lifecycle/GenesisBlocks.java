package org.blockraft.lifecycle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.HeaderType;
import org.hyperledger.fabric.protos.common.Payload;

/**
 * What a block must be to start a channel from it.
 *
 * <p>Fabric source: core/scc/cscc/configure.go validateConfigBlock, protoutil/blockutils.go.
 */
final class GenesisBlocks {
  private static final int FILTER = BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE;

  private GenesisBlocks() {}

  static String channelId(Block block) {
    if (block.getData().getDataCount() == 0) {
      throw new LifecycleException("failed to retrieve channel id - block is empty");
    }
    Envelope envelope = parse(Envelope.parser(), block.getData().getData(0), "Envelope");
    Payload payload = parse(Payload.parser(), envelope.getPayload(), "Payload");
    if (!payload.hasHeader()) {
      throw new LifecycleException("failed to retrieve channel id - payload header is empty");
    }
    return parse(ChannelHeader.parser(), payload.getHeader().getChannelHeader(), "ChannelHeader")
        .getChannelId();
  }

  static void requireConfig(Block block) {
    ConfigEnvelope envelope;
    try {
      envelope = configEnvelope(block);
    } catch (LifecycleException e) {
      throw LifecycleException.wrap(e, "Bad configuration envelope");
    }
    if (!envelope.hasConfig()) {
      throw new LifecycleException("Nil config envelope Config");
    }
    if (!envelope.getConfig().hasChannelGroup()) {
      throw new LifecycleException("Nil channel group");
    }
    if (envelope.getConfig().getChannelGroup().getGroupsCount() == 0) {
      throw new LifecycleException("No channel configuration groups are available");
    }
    if (!envelope.getConfig().getChannelGroup().containsGroups("Application")) {
      throw new LifecycleException(
          "Invalid configuration block, missing Application configuration group");
    }
    try {
      ChannelConfig config = ChannelConfig.fromBlock(block);
      config.channel().requireSupported();
      config.application().requireSupported();
    } catch (IdentityException e) {
      throw new LifecycleException("Failed capabilities check: [" + e.getMessage() + "]", e);
    }
  }

  private static ConfigEnvelope configEnvelope(Block block) {
    Envelope envelope = parse(Envelope.parser(), block.getData().getData(0), "Envelope");
    Payload payload = parse(Payload.parser(), envelope.getPayload(), "Payload");
    if (!payload.hasHeader()) {
      throw new LifecycleException("envelope must have a Header");
    }
    ChannelHeader header =
        parse(ChannelHeader.parser(), payload.getHeader().getChannelHeader(), "ChannelHeader");
    if (header.getType() != HeaderType.CONFIG_VALUE) {
      HeaderType known = HeaderType.forNumber(header.getType());
      throw new LifecycleException(
          "invalid type %s, expected CONFIG"
              .formatted(known == null ? Integer.toString(header.getType()) : known.name()));
    }
    return parse(ConfigEnvelope.parser(), payload.getData(), "message for type CONFIG");
  }

  /** The block with all transactions marked valid, unless it says already what they are. */
  static Block markedValid(Block block) {
    BlockMetadata.Builder metadata = block.getMetadata().toBuilder();
    while (metadata.getMetadataCount() <= FILTER) {
      metadata.addMetadata(ByteString.EMPTY);
    }
    if (!metadata.getMetadata(FILTER).isEmpty()) {
      return block;
    }
    metadata.setMetadata(FILTER, ByteString.copyFrom(new byte[block.getData().getDataCount()]));
    return block.toBuilder().setMetadata(metadata).build();
  }

  private static <M extends Message> M parse(Parser<M> parser, ByteString bytes, String what) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new LifecycleException(
          "error unmarshalling " + what + ": proto: cannot parse invalid wire-format data", e);
    }
  }
}
