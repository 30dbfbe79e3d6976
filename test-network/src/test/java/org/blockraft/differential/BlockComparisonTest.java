package org.blockraft.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.junit.jupiter.api.Test;

final class BlockComparisonTest {
  private static final Block BLOCK = block("data", new byte[] {0, 11}, "hash", "signature");

  @Test
  void aBlockIsItself() {
    assertEquals(List.of(), BlockComparison.compare(BLOCK, BLOCK));
  }

  @Test
  void everyPartCounts() {
    differs("other data", block("other", new byte[] {0, 11}, "hash", "signature"), "another block");
    differs("flags", block("data", new byte[] {0, 0}, "hash", "signature"), "transaction 1");
    differs("fewer flags", block("data", new byte[] {0}, "hash", "signature"), "1 flags");
    differs("hash", block("data", new byte[] {0, 11}, "other", "signature"), "commit hash");
    differs("signature", block("data", new byte[] {0, 11}, "hash", "none"), "other metadata");
  }

  private static void differs(String what, Block other, String text) {
    List<Difference> differences = BlockComparison.compare(BLOCK, other);
    assertEquals(1, differences.size(), what);
    assertTrue(differences.getFirst().text().contains(text), differences.getFirst().text());
  }

  private static Block block(String data, byte[] flags, String hash, String signature) {
    ByteString none = ByteString.EMPTY;
    return Block.newBuilder()
        .setHeader(BlockHeader.newBuilder().setNumber(7))
        .setData(
            BlockData.newBuilder()
                .addData(ByteString.copyFromUtf8(data))
                .addData(ByteString.copyFromUtf8("second")))
        .setMetadata(
            BlockMetadata.newBuilder()
                .addMetadata(ByteString.copyFromUtf8(signature))
                .addMetadata(none)
                .addMetadata(ByteString.copyFrom(flags))
                .addMetadata(none)
                .addMetadata(ByteString.copyFromUtf8(hash)))
        .build();
  }
}
