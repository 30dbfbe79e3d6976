package org.blockraft.ledger;

import java.time.Duration;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;

/** Walks the chain upwards and waits at its end. Owned by one thread; {@link #close()} may come from another. */
public final class BlockCursor implements AutoCloseable {
  private final Ledger ledger;
  private volatile boolean closed;
  private long next;

  BlockCursor(Ledger ledger, long first) {
    this.ledger = ledger;
    this.next = first;
  }

  /** The number of the block that comes next. */
  public long position() {
    return next;
  }

  /**
   * The next block, or empty when none was committed within the given time or the cursor or ledger was closed.
   */
  public Optional<Block> next(Duration wait) throws InterruptedException {
    throw new IllegalStateException("being written");
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
