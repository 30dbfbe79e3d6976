package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.blockraft.validate.ParsedTransaction;
import org.hyperledger.fabric.protos.common.Block;

/**
 * Blocks that came ahead of the decision about them, parsed once: for the slices that this node
 * verifies and for the commit. Safe for use by many threads.
 */
public final class PreparedBlocks {
  /** As many as may be on their way to this node. */
  private static final int BLOCKS_MAX = 64;

  private final Map<Long, Prepared> blocks = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();

  /** A block; its transactions are parsed by whoever needs them first. */
  private static final class Prepared {
    private final ByteString body;
    private List<ParsedTransaction> transactions;

    Prepared(ByteString body) {
      this.body = body;
    }

    synchronized List<ParsedTransaction> transactions() {
      if (transactions == null) {
        try {
          transactions =
              Block.parseFrom(body).getData().getDataList().stream()
                  .map(ParsedTransaction::of)
                  .toList();
        } catch (InvalidProtocolBufferException e) {
          transactions = List.of(); // found again, and said, when the block is committed
        }
      }
      return transactions;
    }
  }

  /** Keeps a block until it is taken; too many are not kept. */
  public void add(long number, ByteString body) {
    lock.lock();
    try {
      if (blocks.size() < BLOCKS_MAX) {
        blocks.put(number, new Prepared(body));
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
    return Optional.ofNullable(blocks.get(number)).map(Prepared::transactions);
  }

  /** The same, and forgets this block and all before it. */
  Optional<List<ParsedTransaction>> take(long number) {
    Prepared found = blocks.remove(number);
    blocks.keySet().removeIf(other -> other < number);
    return Optional.ofNullable(found).map(Prepared::transactions).filter(all -> !all.isEmpty());
  }

  public void clear() {
    blocks.clear();
  }
}
