package org.blockraft.differential;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Compares flags and commit hash of one block on two peers. */
public final class BlockComparison {
  private BlockComparison() {}

  static List<Difference> compare(Block stock, byte[] flags, ByteString commitHashSlot) {
    List<Difference> differences = new ArrayList<>();
    long number = stock.getHeader().getNumber();
    byte[] expected = StockChain.flags(stock);
    if (expected.length != flags.length) {
      differences.add(
          new Difference(
              "block %d: %d flags instead of %d".formatted(number, flags.length, expected.length)));
      return differences;
    }
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] != expected[i]) {
        differences.add(
            new Difference(
                "block %d transaction %d (%s): stock %s, ours %s"
                    .formatted(
                        number,
                        i,
                        StockChain.transactionId(stock.getData().getData(i)),
                        name(expected[i]),
                        name(flags[i]))));
      }
    }
    ByteString stockHash = stock.getMetadata().getMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE);
    if (!stockHash.equals(commitHashSlot)) {
      differences.add(
          new Difference(
              "block %d: commit hash %s instead of %s"
                  .formatted(number, hex(commitHashSlot), hex(stockHash))));
    }
    return differences;
  }

  /** All that differs: flags, commit hash, header, data, other metadata. */
  public static List<Difference> compare(Block stock, Block ours) {
    List<Difference> differences =
        new ArrayList<>(
            compare(
                stock,
                StockChain.flags(ours),
                ours.getMetadata().getMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE)));
    if (!stock.getHeader().equals(ours.getHeader()) || !stock.getData().equals(ours.getData())) {
      differences.add(
          new Difference("block %d: another block".formatted(stock.getHeader().getNumber())));
    }
    if (!stock.getMetadata().equals(ours.getMetadata()) && differences.isEmpty()) {
      differences.add(
          new Difference(
              "block %d: other metadata: %s instead of %s"
                  .formatted(
                      stock.getHeader().getNumber(),
                      sizes(ours.getMetadata()),
                      sizes(stock.getMetadata()))));
    }
    return differences;
  }

  private static String sizes(BlockMetadata metadata) {
    IntFunction<String> slot = i -> Integer.toString(metadata.getMetadata(i).size());
    return java.util.stream.IntStream.range(0, metadata.getMetadataCount())
        .mapToObj(slot)
        .toList()
        .toString();
  }

  /** The block as an orderer delivers it: without what a peer adds. */
  static Block ordered(Block committed) {
    BlockMetadata.Builder metadata = committed.getMetadata().toBuilder();
    metadata.setMetadata(BlockMetadataIndex.TRANSACTIONS_FILTER_VALUE, ByteString.EMPTY);
    if (metadata.getMetadataCount() > BlockMetadataIndex.COMMIT_HASH_VALUE) {
      metadata.setMetadata(BlockMetadataIndex.COMMIT_HASH_VALUE, ByteString.EMPTY);
    }
    return committed.toBuilder().setMetadata(metadata).build();
  }

  private static String name(byte flag) {
    return String.valueOf(TxValidationCode.forNumber(flag & 0xff));
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
