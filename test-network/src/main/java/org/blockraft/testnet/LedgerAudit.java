package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.client.Gateway;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ChannelHeader;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.Payload;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Compares the ledgers of nodes block by block, and with what clients were told. */
final class LedgerAudit {
  private static final int HASH_SHOWN = 12;

  private final NetworkFolder folder;
  private final String channel;
  private final InstantSource clock;

  LedgerAudit(NetworkFolder folder, String channel, InstantSource clock) {
    this.folder = folder;
    this.channel = channel;
    this.clock = clock;
  }

  /**
   * What all nodes have.
   *
   * @param commitHash of the last block, in hexadecimal
   * @param valid transactions that are valid
   */
  record Outcome(long height, String commitHash, int valid) {
    String shortHash() {
      return commitHash.substring(0, Math.min(HASH_SHOWN, commitHash.length()));
    }
  }

  /**
   * Reads the first {@code height} blocks of each node.
   *
   * @param acknowledged transactions that must be there, valid, once
   * @throws NetworkException if nodes differ or a transaction is not there
   */
  Outcome compare(List<PeerPlace> places, long height, List<String> acknowledged) {
    List<Digest> reference = read(places.getFirst(), height);
    for (PeerPlace place : places.subList(1, places.size())) {
      List<Digest> other = read(place, height);
      for (int i = 0; i < reference.size(); i++) {
        if (!reference.get(i).equals(other.get(i))) {
          throw new NetworkException(
              "block %d of %s is not that of %s:\n%s\n%s"
                  .formatted(
                      i,
                      place.process(),
                      places.getFirst().process(),
                      other.get(i),
                      reference.get(i)));
        }
      }
    }
    Map<String, Integer> valid = new HashMap<>();
    reference.forEach(digest -> digest.valid().forEach(id -> valid.merge(id, 1, Integer::sum)));
    valid.forEach((id, times) -> require(times == 1, id + " is valid " + times + " times"));
    acknowledged.forEach(
        id -> require(valid.containsKey(id), "a client was told of " + id + ", it is not there"));
    return new Outcome(height, reference.getLast().commitHash(), valid.size());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new NetworkException(otherwise);
    }
  }

  /** What of a block must be the same on all nodes. */
  private record Digest(
      ByteString header, ByteString flags, String commitHash, List<String> valid) {}

  private List<Digest> read(PeerPlace place, long height) {
    List<Digest> digests = new ArrayList<>();
    try (PeerClient client = new PeerClient(folder, NetworkFolder.ORG1, place, "User1", clock);
        Gateway gateway = client.gateway();
        CloseableIterator<Block> blocks =
            gateway.getNetwork(channel).newBlockEventsRequest().startBlock(0).build().getEvents()) {
      while (digests.size() < height && blocks.hasNext()) {
        digests.add(digest(blocks.next()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new NetworkException("a block of " + place.process() + " does not parse");
    }
    return digests;
  }

  private static Digest digest(Block block) throws InvalidProtocolBufferException {
    ByteString flags =
        block.getMetadata().getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE);
    byte[] hash =
        Metadata.parseFrom(block.getMetadata().getMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE))
            .getValue()
            .toByteArray();
    List<String> valid = new ArrayList<>();
    for (int i = 0; i < flags.size(); i++) {
      if (flags.byteAt(i) == TxValidationCode.VALID_VALUE) {
        Payload payload =
            Payload.parseFrom(Envelope.parseFrom(block.getData().getData(i)).getPayload());
        String id = ChannelHeader.parseFrom(payload.getHeader().getChannelHeader()).getTxId();
        // Configuration transactions may have no id.
        valid.add(id.isEmpty() ? "block " + block.getHeader().getNumber() : id);
      }
    }
    return new Digest(
        block.getHeader().toByteString(), flags, HexFormat.of().formatHex(hash), valid);
  }
}
