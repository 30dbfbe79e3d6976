package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.blockraft.validate.ParsedTransaction;

/**
 * Blocks that came ahead of the decision about them, parsed once: for the slices that this node
 * verifies and for the commit. Safe for use by many threads.
 */
public final class PreparedBlocks {
  /** As many as may be on their way to this node. */
  private static final int BLOCKS_MAX = 64;

  private final Map<Long, PreparedBlock> blocks = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();

  /** Keeps a block until it is taken; too many are not kept. */
  public void add(long number, ByteString body) {
    lock.lock();
    try {
      if (blocks.size() < BLOCKS_MAX) {
        blocks.put(number, new PreparedBlock(body));
        added.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The transactions of a block that is here, or comes within the time. */
  public Optional<List<ParsedTransaction>> await(long number, Duration wait)
      throws InterruptedException {
    long left = wait.toNanos();
    lock.lock();
    try {
      while (!blocks.containsKey(number) && left > 0) {
        left = added.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
    return Optional.ofNullable(blocks.get(number)).map(PreparedBlock::transactions);
  }

  /**
   * A block that is to be committed: the one that was kept if it is of the same bytes. It and all
   * before it are forgotten.
   */
  PreparedBlock take(long number, ByteString body) {
    PreparedBlock found = blocks.remove(number);
    blocks.keySet().removeIf(other -> other < number);
    return found != null && found.isOf(body) ? found : new PreparedBlock(body);
  }

  public void clear() {
    blocks.clear();
  }
}
