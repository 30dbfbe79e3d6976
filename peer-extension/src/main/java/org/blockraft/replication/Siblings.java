package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.blockraft.cluster.NodeRequests;
import org.blockraft.cluster.wire.Reply;
import org.blockraft.cluster.wire.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes of this peer, for those who ask them something and wait. Safe for use by many
 * threads; callers block.
 */
public final class Siblings {
  private static final Logger LOG = LoggerFactory.getLogger(Siblings.class);

  /** A lost link comes back within milliseconds when both nodes are well. */
  private static final Duration RETRY_PAUSE = Duration.ofMillis(10);

  private final NodeRequests links;
  private final LongSupplier term;
  private final Supplier<Set<String>> members;
  private final Waits waits;

  /**
   * @param term the newest that this node knows of
   * @param members nodes with a live membership, this one among them
   */
  public Siblings(
      NodeRequests links, LongSupplier term, Supplier<Set<String>> members, Waits waits) {
    this.links = links;
    this.term = term;
    this.members = members;
    this.waits = waits;
  }

  /** The nodes that can be asked now. */
  public Set<String> linked() {
    return links.connected();
  }

  /** The nodes with a live membership; none until etcd has told them for the first time. */
  Set<String> members() {
    return members.get();
  }

  /** Asks one node; the reply may be a refusal. */
  public CompletableFuture<Reply> request(String node, Request request, Duration timeout) {
    return links.request(node, term.getAsLong(), request, timeout);
  }

  /**
   * Asks one node and waits.
   *
   * @return the reply, which may be a refusal
   * @throws ExecutionException when the link is lost
   */
  public Reply await(String node, Request request, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    return await(request(node, request, timeout), timeout);
  }

  private Reply await(CompletableFuture<Reply> asked, Duration timeout)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!waits.await(asked, timeout)) {
      throw new TimeoutException("no reply in " + timeout);
    }
    return asked.get(0, TimeUnit.NANOSECONDS);
  }

  /**
   * Has something stored by so many other nodes that, with this one, a majority of the live nodes
   * has it. Nodes whose link is lost meanwhile are asked again when they are back.
   *
   * @return whether that is so; false after the timeout, or when too many refused
   */
  public boolean storeAtMajority(Request request, Duration timeout) {
    long deadline = waits.nanoTime() + timeout.toNanos();
    Set<String> stored = ConcurrentHashMap.newKeySet();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    try {
      while (stored.size() < wanted()) {
        Duration left = Duration.ofNanos(deadline - waits.nanoTime());
        Set<String> asked = new HashSet<>(linked());
        asked.removeAll(stored);
        asked.removeAll(refused);
        if (!left.isPositive() || (asked.isEmpty() && !refused.isEmpty())) {
          return false;
        }
        store(request, asked, left, stored, refused);
        if (stored.size() < wanted()) {
          waits.pause(left.compareTo(RETRY_PAUSE) < 0 ? left : RETRY_PAUSE);
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** So many others must have it that a majority of the live nodes has. */
  private int wanted() {
    return Agreement.majority(Math.max(1, members.get().size())) - 1;
  }

  /** Asks nodes once; returns when enough have it, or all have answered or are lost. */
  private void store(
      Request request, Set<String> asked, Duration timeout, Set<String> stored, Set<String> refused)
      throws InterruptedException {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(asked.size());
    for (String node : asked) {
      var _ =
          request(node, request, timeout)
              .whenComplete(
                  (reply, failure) -> {
                    if (failure != null) {
                      LOG.warn("{} did not store what it was sent", node, failure);
                    } else if (reply.getKindCase() == Reply.KindCase.PAYLOAD) {
                      stored.add(node);
                    } else {
                      LOG.warn("{} does not store: {}", node, reply.getRefusal().getText());
                      refused.add(node);
                    }
                    if (left.decrementAndGet() == 0 || stored.size() >= wanted()) {
                      enough.complete(null);
                    }
                  });
    }
    if (!asked.isEmpty()) {
      var _ = waits.await(enough, timeout);
    }
  }

  /** What one node answers; empty when it refuses or does not answer in time. */
  public Optional<ByteString> ask(String node, Request request, Duration timeout) {
    return payload(node, request(node, request, timeout), timeout);
  }

  private Optional<ByteString> payload(
      String node, CompletableFuture<Reply> asked, Duration timeout) {
    try {
      Reply reply = await(asked, timeout);
      return reply.getKindCase() == Reply.KindCase.PAYLOAD
          ? Optional.of(reply.getPayload())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("{} did not answer", node, e);
      return Optional.empty();
    }
  }

  /** What the first node that has it answers; empty when none has it in time. */
  public Optional<ByteString> fetch(Request request, Duration timeout) {
    for (String node : List.copyOf(linked())) {
      Optional<ByteString> answer = ask(node, request, timeout);
      if (answer.isPresent() || Thread.currentThread().isInterrupted()) {
        return answer;
      }
    }
    return Optional.empty();
  }

  /** What every node answers that does in time; refusals are left out. */
  List<ByteString> fetchAll(Request request, Duration timeout) {
    Map<String, CompletableFuture<Reply>> asked = new LinkedHashMap<>();
    linked().forEach(node -> asked.put(node, request(node, request, timeout)));
    List<ByteString> payloads = new ArrayList<>();
    asked.forEach((node, reply) -> payload(node, reply, timeout).ifPresent(payloads::add));
    return payloads;
  }
}
