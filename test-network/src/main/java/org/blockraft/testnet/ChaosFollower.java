package org.blockraft.testnet;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.hyperledger.fabric.client.CloseableIterator;
import org.hyperledger.fabric.client.GatewayRuntimeException;

/**
 * A client that follows events with a checkpoint: when its stream breaks it goes on from there, and
 * must get every event once. Its thread owns it but for what is said to be for others.
 *
 * @param <T> what it gets
 */
abstract class ChaosFollower<T> {
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final Duration POLL = Duration.ofMillis(20);

  final ChaosConnections connections;
  final FaultBoard board;
  private final ChaosRecord record;
  private final ChaosPace pace;
  private final String name;

  /** How often each transaction came, and the block. */
  private final Map<String, Long> seen = new HashMap<>();

  private CloseableIterator<T> open;
  private PeerPlace place;
  private boolean closed;

  ChaosFollower(
      String name,
      ChaosConnections connections,
      FaultBoard board,
      ChaosRecord record,
      ChaosPace pace) {
    this.name = name;
    this.connections = connections;
    this.board = board;
    this.record = record;
    this.pace = pace;
  }

  final void start() {
    Thread.ofVirtual().name(name).start(this::follow);
  }

  /** The node to follow now; null while there is none. */
  abstract PeerPlace choose();

  abstract CloseableIterator<T> open(ChaosConnections.Connection connection);

  abstract void take(PeerPlace from, T event);

  private void follow() {
    while (!isClosed()) {
      PeerPlace chosen = choose();
      if (chosen == null) {
        LockSupport.parkNanos(RETRY.toNanos());
        continue;
      }
      long began = System.nanoTime();
      String end;
      try (CloseableIterator<T> events = open(connections.to(chosen))) {
        opened(chosen, events);
        while (events.hasNext()) {
          take(chosen, events.next());
        }
        end = "it ended";
      } catch (GatewayRuntimeException | StatusRuntimeException e) {
        end = e.toString();
      }
      if (wasLeft()) {
        record.count("streams left");
      } else if (!isClosed()) {
        broke(chosen, began, end);
      }
    }
  }

  /** A node that stops in good order ends streams too, however long they are open. */
  private void broke(PeerPlace chosen, long began, String end) {
    long now = System.nanoTime();
    if (board.excuses(chosen, began, now) || board.excuses(chosen, now, now)) {
      record.count("streams broken by faults");
    } else {
      finding("stream from %s broke: %s".formatted(chosen.process(), end));
    }
    LockSupport.parkNanos(RETRY.toNanos());
  }

  private synchronized void opened(PeerPlace chosen, CloseableIterator<T> events) {
    place = chosen;
    open = events;
  }

  private synchronized boolean wasLeft() {
    boolean left = open == null && place != null;
    open = null;
    place = null;
    return left;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** For others: ends the stream if it is from this node, and opens another one. */
  synchronized void leave(PeerPlace from) {
    if (from.equals(place) && open != null) {
      CloseableIterator<T> events = open;
      open = null;
      events.close();
    }
  }

  final synchronized void saw(String transaction, long block) {
    Long before = seen.put(transaction, block);
    if (before != null) {
      finding("%s came twice, in blocks %d and %d".formatted(transaction, before, block));
    }
  }

  final void finding(String text) {
    record.finding(pace.time() + " " + name + ": " + text);
  }

  /** For others: waits until it has seen all these, and says which not. */
  final void check(Map<String, Long> acknowledged, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (missing(acknowledged) > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    synchronized (this) {
      acknowledged.forEach(
          (transaction, block) -> {
            if (!block.equals(seen.get(transaction))) {
              finding("%s of block %d did not come".formatted(transaction, block));
            }
          });
    }
  }

  private synchronized long missing(Map<String, Long> acknowledged) {
    return acknowledged.keySet().stream().filter(id -> !seen.containsKey(id)).count();
  }

  /** For others: how many transactions it has seen. */
  final synchronized int count() {
    return seen.size();
  }

  /** For others: ends it. */
  final synchronized void close() {
    closed = true;
    if (open != null) {
      open.close();
    }
  }
}
