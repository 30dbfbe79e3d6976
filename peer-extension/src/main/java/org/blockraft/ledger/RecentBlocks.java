package org.blockraft.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;

/**
 * The newest blocks in memory, since most readers of blocks follow the chain. Safe for any thread.
 */
final class RecentBlocks {
  static final int BLOCKS_MAX = 64;

  /** Bounds the memory where blocks are large. */
  static final long BYTES_MAX = 64L << 20;

  private final Map<Long, Block> blocks = new LinkedHashMap<>();
  private long bytes;

  synchronized Optional<Block> get(long number) {
    return Optional.ofNullable(blocks.get(number));
  }

  synchronized void add(Block block) {
    blocks.put(block.getHeader().getNumber(), block);
    bytes += block.getSerializedSize();
    var oldest = blocks.values().iterator();
    while (blocks.size() > BLOCKS_MAX || bytes > BYTES_MAX) {
      bytes -= oldest.next().getSerializedSize();
      oldest.remove();
    }
  }
}
