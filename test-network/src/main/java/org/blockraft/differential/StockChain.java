package org.blockraft.differential;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.Config;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** The channel as the stock peers have it: sends transactions and follows the blocks. */
final class StockChain {
  private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(1);

  private final String channelId;
  private final Party reader;
  private final OrdererConnection orderer;
  private final PeerConnection first;
  private final PeerConnection second;
  private final Party secondReader;
  private final List<Block> blocks = new ArrayList<>();
  private long accepted;
  private long refused;
  private long seen;

  StockChain(
      DifferentialNetwork network,
      OrdererConnection orderer,
      PeerConnection first,
      PeerConnection second) {
    this.channelId = DifferentialNetwork.CHANNEL;
    this.reader = network.user(network.stock1, "Admin");
    this.secondReader = network.user(network.stock2, "Admin");
    this.orderer = orderer;
    this.first = first;
    this.second = second;
  }

  /** Takes in the genesis block, which the peers have joined with. */
  void joined() {
    blocks.addAll(first.blocks(reader, channelId, 0, 0));
  }

  long height() {
    return blocks.size();
  }

  long refused() {
    return refused;
  }

  /** Blocks with the first stock peer's flags and commit hashes. */
  List<Block> blocks() {
    return blocks;
  }

  /** Has transactions ordered; the orderer may refuse some. */
  void broadcast(List<Envelope> envelopes) {
    orderer.broadcast(
        envelopes,
        response -> {
          if (response.getStatus() == Status.SUCCESS) {
            accepted++;
          } else {
            refused++;
          }
        });
  }

  /** Waits until all that was accepted stands in blocks that both peers have. */
  void settle() {
    while (seen < accepted) {
      take();
    }
    second.awaitHeight(secondReader, channelId, height(), CATCH_UP_TIMEOUT);
  }

  /** Waits for one more block, wherever it comes from. */
  void follow() {
    take();
    second.awaitHeight(secondReader, channelId, height(), CATCH_UP_TIMEOUT);
  }

  private void take() {
    Block block = first.blocks(reader, channelId, height(), height()).getFirst();
    blocks.add(block);
    seen += block.getData().getDataCount();
  }

  /** The configuration in force. */
  Config config() {
    for (int i = blocks.size() - 1; i >= 0; i--) {
      var envelope = org.blockraft.intake.BlockHeaders.configEnvelope(blocks.get(i));
      if (envelope.isPresent()) {
        return envelope.map(ConfigEnvelope::getConfig).get();
      }
    }
    throw new NetworkException("no configuration block");
  }

  /** How often each flag occurs. */
  Map<TxValidationCode, Integer> flags() {
    Map<TxValidationCode, Integer> counts = new EnumMap<>(TxValidationCode.class);
    for (Block block : blocks) {
      for (byte flag : flags(block)) {
        counts.merge(TxValidationCode.forNumber(flag & 0xff), 1, Integer::sum);
      }
    }
    return counts;
  }

  long transactions() {
    return seen;
  }

  static byte[] flags(Block block) {
    return block
        .getMetadata()
        .getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE)
        .toByteArray();
  }

  /** The transaction id of an envelope, for messages about it; empty if it has none. */
  static String transactionId(com.google.protobuf.ByteString envelope) {
    try {
      Payload payload = Payload.parseFrom(Envelope.parseFrom(envelope).getPayload());
      return org.hyperledger.fabric.protos.common.ChannelHeader.parseFrom(
              payload.getHeader().getChannelHeader())
          .getTxId();
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }
}
