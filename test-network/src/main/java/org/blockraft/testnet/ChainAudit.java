package org.blockraft.testnet;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.blockraft.differential.BlockComparison;
import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.client.GatewayRuntimeException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/**
 * Compares a growing chain on several peers, piece by piece: every block of each with the same
 * block of the first, all of its bytes. Owned by one thread.
 */
final class ChainAudit {
  private static final int BLOCKS_AT_ONCE = 50;
  private static final Duration BLOCKS_TIMEOUT = Duration.ofMinutes(1);

  /** A peer whose chain is compared. */
  record Source(NetworkFolder.Org org, PeerPlace place) {}

  private final NetworkFolder folder;
  private final String channel;
  private final List<Source> sources;
  private final InstantSource clock;
  private final Map<String, Long> valid = new HashMap<>();
  private final Map<TxValidationCode, Integer> flags = new EnumMap<>(TxValidationCode.class);
  private long next;
  private String commitHash = "";

  /**
   * @param sources the first is the reference
   */
  ChainAudit(NetworkFolder folder, String channel, List<Source> sources, InstantSource clock) {
    this.folder = folder;
    this.channel = channel;
    this.sources = sources;
    this.clock = clock;
  }

  /** Compares the blocks up to a height that were not compared before; returns what differs. */
  List<String> compare(long height) {
    List<String> differences = new ArrayList<>();
    while (next < height) {
      long to = Math.min(next + BLOCKS_AT_ONCE, height);
      List<Block> reference = read(sources.getFirst(), next, to);
      for (Source source : sources.subList(1, sources.size())) {
        List<Block> others = read(source, next, to);
        for (int i = 0; i < reference.size(); i++) {
          BlockComparison.compare(reference.get(i), others.get(i))
              .forEach(d -> differences.add(source.place().process() + ": " + d.text()));
        }
      }
      reference.forEach(block -> note(block, differences));
      next = to;
    }
    return differences;
  }

  /** All that clients were told must be valid, in its block. */
  List<String> missing(Map<String, Long> acknowledged) {
    List<String> missing = new ArrayList<>();
    acknowledged.forEach(
        (transaction, block) -> {
          if (!block.equals(valid.get(transaction))) {
            missing.add(
                "a client was told of %s in block %d, it is in block %s"
                    .formatted(transaction, block, valid.get(transaction)));
          }
        });
    return missing;
  }

  long height() {
    return next;
  }

  String commitHash() {
    return commitHash;
  }

  /** How often each flag occurs. */
  Map<TxValidationCode, Integer> flags() {
    return Map.copyOf(flags);
  }

  int transactions() {
    return flags.values().stream().mapToInt(Integer::intValue).sum();
  }

  private List<Block> read(Source source, long from, long to) {
    List<Block> blocks = new ArrayList<>();
    try (PeerClient client = new PeerClient(folder, source.org(), source.place(), "User1", clock);
        Gateway gateway = client.gateway();
        CloseableIterator<Block> stream =
            gateway
                .getNetwork(channel)
                .newBlockEventsRequest()
                .startBlock(from)
                .build()
                .getEvents(
                    o -> o.withDeadlineAfter(BLOCKS_TIMEOUT.toSeconds(), TimeUnit.SECONDS))) {
      while (blocks.size() < to - from) {
        blocks.add(stream.next());
      }
    } catch (GatewayRuntimeException | StatusRuntimeException e) {
      throw new NetworkException(
          "%s does not give block %d: %s"
              .formatted(source.place().process(), from + blocks.size(), e.getMessage()));
    }
    return blocks;
  }

  private void note(Block block, List<String> differences) {
    try {
      commitHash =
          HexFormat.of()
              .formatHex(
                  Metadata.parseFrom(
                          block.getMetadata().getMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE))
                      .getValue()
                      .toByteArray());
      byte[] codes =
          block
              .getMetadata()
              .getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE)
              .toByteArray();
      for (int i = 0; i < codes.length; i++) {
        TxValidationCode code = TxValidationCode.forNumber(codes[i] & 0xff);
        flags.merge(code, 1, Integer::sum);
        if (code == TxValidationCode.VALID) {
          String id = transactionId(block, i);
          Long before = id.isEmpty() ? null : valid.put(id, block.getHeader().getNumber());
          if (before != null) {
            differences.add("%s is valid twice, also in block %d".formatted(id, before));
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new NetworkException(
          "block %d does not parse".formatted(block.getHeader().getNumber()));
    }
  }

  private static String transactionId(Block block, int index)
      throws InvalidProtocolBufferException {
    Payload payload =
        Payload.parseFrom(Envelope.parseFrom(block.getData().getData(index)).getPayload());
    return ChannelHeader.parseFrom(payload.getHeader().getChannelHeader()).getTxId();
  }
}
