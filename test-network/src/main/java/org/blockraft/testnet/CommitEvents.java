package org.blockraft.testnet;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.client.GatewayRuntimeException;
import org.hyperledger.fabric.client.Network;
import org.hyperledger.fabric.protos.peer.FilteredBlock;
import org.hyperledger.fabric.protos.peer.FilteredTransaction;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Listens to the commit events of a channel at one node, and finds lost and doubled ones. */
final class CommitEvents implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration REST_TIMEOUT = Duration.ofSeconds(20);

  private final String node;
  private final CloseableIterator<FilteredBlock> blocks;
  private final LoadRecord record;
  private final Map<String, Long> seen = new HashMap<>();
  private long first = -1;
  private long next = -1;
  private volatile boolean closed;

  CommitEvents(String node, Network network, LoadRecord record) {
    this.node = node;
    this.record = record;
    this.blocks = network.getFilteredBlockEvents();
    Thread.ofVirtual().name("events-" + node).start(this::read);
  }

  private void read() {
    try {
      while (blocks.hasNext()) {
        add(blocks.next());
      }
      if (!closed) {
        record.failed("events of " + node + ": the stream ended");
      }
    } catch (GatewayRuntimeException | StatusRuntimeException e) {
      if (!closed) {
        record.failed("events of " + node + ": " + e.getMessage());
      }
    }
  }

  private synchronized void add(FilteredBlock block) {
    if (first < 0) {
      first = block.getNumber();
    } else if (block.getNumber() != next) {
      record.failed(
          "events of %s: block %d came instead of %d".formatted(node, block.getNumber(), next));
    }
    next = block.getNumber() + 1;
    for (FilteredTransaction transaction : block.getFilteredTransactionsList()) {
      if (transaction.getTxValidationCode() == TxValidationCode.VALID
          && seen.put(transaction.getTxid(), block.getNumber()) != null) {
        record.failed("events of %s: %s came twice".formatted(node, transaction.getTxid()));
      }
    }
  }

  private synchronized long next() {
    return next;
  }

  /** Every acknowledged transaction must be there, in its block. */
  void check(Map<String, Long> acknowledged) {
    long last = acknowledged.values().stream().mapToLong(Long::longValue).max().orElse(-1);
    long deadline = System.nanoTime() + REST_TIMEOUT.toNanos();
    while (next() <= last && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    synchronized (this) {
      acknowledged.forEach(
          (transaction, block) -> {
            if ((first < 0 || block >= first) && !block.equals(seen.get(transaction))) {
              record.failed(
                  "events of %s: %s of block %d did not come".formatted(node, transaction, block));
            }
          });
    }
  }

  @Override
  public void close() {
    closed = true;
    blocks.close();
  }
}
