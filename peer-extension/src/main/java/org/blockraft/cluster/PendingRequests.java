package org.blockraft.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;

/**
 * The requests of one link that wait for their replies. Each ends exactly once: by its reply, its
 * timeout, its caller, or the end of the link. Safe for use by many threads.
 */
final class PendingRequests {
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger count = new AtomicInteger();
  private final int max;
  private final LinkMeters meters;
  private final LongConsumer cancelled;

  /**
   * @param cancelled told the id of a request whose reply nobody waits for any more
   */
  PendingRequests(int max, LinkMeters meters, LongConsumer cancelled) {
    this.max = max;
    this.meters = meters;
    this.cancelled = cancelled;
  }

  /** A new entry, or null if there are too many. */
  Pending add(Request.KindCase kind, long now, Duration timeout) {
    if (count.incrementAndGet() > max) {
      count.decrementAndGet();
      return null;
    }
    Pending entry = new Pending(lastId.incrementAndGet(), kind, now, now + timeout.toNanos());
    pending.put(entry.id, entry);
    return entry;
  }

  /** Takes an entry out; whoever gets true completes it. */
  private boolean remove(Pending entry) {
    if (!pending.remove(entry.id, entry)) {
      return false;
    }
    count.decrementAndGet();
    return true;
  }

  void reply(Reply reply, long now) {
    Pending entry = pending.get(reply.getId());
    if (entry != null && remove(entry)) {
      meters.replied(entry.kind, now - entry.startNanos);
      entry.complete(reply);
    }
  }

  void fail(Pending entry, LinkLost reason) {
    if (remove(entry)) {
      entry.completeExceptionally(reason);
    }
  }

  void failAll(LinkLost reason) {
    pending.values().forEach(entry -> fail(entry, reason));
  }

  /** Ends those whose time is over. */
  void expire(long now) {
    for (Pending entry : pending.values()) {
      if (now - entry.deadlineNanos >= 0 && remove(entry)) {
        cancelled.accept(entry.id);
        entry.completeExceptionally(
            new TimeoutException(
                "no reply to %s after %d ms"
                    .formatted(entry.kind, (now - entry.startNanos) / 1_000_000)));
      }
    }
  }

  int size() {
    return count.get();
  }

  /** One request; cancelling it tells the other node. */
  final class Pending extends CompletableFuture<Reply> {
    private final long id;
    private final Request.KindCase kind;
    private final long startNanos;
    private final long deadlineNanos;

    private Pending(long id, Request.KindCase kind, long startNanos, long deadlineNanos) {
      this.id = id;
      this.kind = kind;
      this.startNanos = startNanos;
      this.deadlineNanos = deadlineNanos;
    }

    long id() {
      return id;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      if (remove(this)) {
        cancelled.accept(id);
      }
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }
}
