package org.blockraft.ledger;

import java.time.Duration;
import java.util.Optional;
import org.hyperledger.fabric.protos.common.Block;

/**
 * Walks the chain upwards and waits at its end. Owned by one thread; {@link #close()} may come from
 * another and wakes it.
 */
public final class BlockCursor implements AutoCloseable {
  private final Ledger ledger;
  private final VisibleHeight visible;
  private volatile boolean closed;
  private long next;

  BlockCursor(Ledger ledger, VisibleHeight visible, long first) {
    this.ledger = ledger;
    this.visible = visible;
    this.next = first;
  }

  /** The number of the block that comes next. */
  public long position() {
    return next;
  }

  /**
   * The next block, or empty when none was committed within the given time or the cursor or ledger
   * was closed.
   */
  public Optional<Block> next(Duration wait) throws InterruptedException {
    if (closed || !visible.await(next, wait, this::isClosed)) {
      return Optional.empty();
    }
    Block block = ledger.blockByNumber(next);
    next++;
    return Optional.of(block);
  }

  /** Whether {@link #close()} was called. */
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    visible.wake();
  }
}
