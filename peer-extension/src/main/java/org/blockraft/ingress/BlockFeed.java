package org.blockraft.ingress;

import java.time.Duration;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;

/** Blocks of one channel in order. Owned by one thread; {@link #close} may come from another. */
public interface BlockFeed extends AutoCloseable {
  /** The next block, or empty when there was none within the time or the feed was closed. */
  Optional<Block> next(Duration wait) throws InterruptedException;

  @Override
  void close();
}
