package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.List;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.Metadata;

/** The two metadata slots of a block that the peer fills: flags and commit hash. */
final class BlockMetadataSlots {

  /** Slots that every stored block has at least. */
  private static final int COUNT_MIN = BlockMetadataIndex.COMMIT_HASH_VALUE + 1;

  private BlockMetadataSlots() {}

  /** The received block with the peer's slots; the others stay as received. */
  static Block fill(Block received, byte[] flags, byte[] commitHash) {
    List<ByteString> slots = new ArrayList<>(received.getMetadata().getMetadataList());
    while (slots.size() < COUNT_MIN) {
      slots.add(ByteString.EMPTY);
    }
    slots.set(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE, UnsafeByteOperations.unsafeWrap(flags));
    if (commitHash.length > 0) {
      slots.set(
          BlockMetadataIndex.COMMIT_HASH_VALUE,
          Metadata.newBuilder()
              .setValue(UnsafeByteOperations.unsafeWrap(commitHash))
              .build()
              .toByteString());
    }
    return Block.newBuilder()
        .setHeader(received.getHeader())
        .setData(received.getData())
        .setMetadata(BlockMetadata.newBuilder().addAllMetadata(slots))
        .build();
  }

  static byte[] flags(Block stored) {
    return stored
        .getMetadata()
        .getMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE)
        .toByteArray();
  }

  /** The stored commit hash; empty if the block has none. */
  static byte[] commitHash(Block stored) {
    try {
      return Metadata.parseFrom(
              stored.getMetadata().getMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE))
          .getValue()
          .toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("the commit hash of a stored block does not parse", e);
    }
  }
}
