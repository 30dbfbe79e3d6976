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
import org.blockraft.cluster.wire.Refusal;
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

  private static final Duration RETRY_PAUSE_MAX = Duration.ofMillis(80);

  private final String self;
  private final NodeRequests links;
  private final LongSupplier term;
  private final Supplier<Set<String>> members;
  private final Waits waits;

  /**
   * @param self this node's name
   * @param term the newest that this node knows of
   * @param members nodes with a live membership, as far as this node knows
   */
  public Siblings(
      String self,
      NodeRequests links,
      LongSupplier term,
      Supplier<Set<String>> members,
      Waits waits) {
    this.self = self;
    this.links = links;
    this.term = term;
    this.members = members;
    this.waits = waits;
  }

  /** The nodes that can be asked now. */
  public Set<String> linked() {
    return links.connected();
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
    return storeAtMajority(request, timeout, Duration.ZERO);
  }

  /**
   * The same, and then waits a while for the other nodes that can be reached to have it too.
   *
   * @param rest the longest wait after a majority has it
   */
  public boolean storeAtMajority(Request request, Duration timeout, Duration rest) {
    long deadline = waits.nanoTime() + timeout.toNanos();
    Duration pause = RETRY_PAUSE;
    Set<String> stored = ConcurrentHashMap.newKeySet();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    try {
      while (!isAtMajority(stored)) {
        Duration left = Duration.ofNanos(deadline - waits.nanoTime());
        Set<String> asked = new HashSet<>(linked());
        asked.removeAll(stored);
        asked.removeAll(refused);
        if (!left.isPositive() || (asked.isEmpty() && !refused.isEmpty())) {
          return false;
        }
        store(request, asked, left, rest, stored, refused);
        if (!isAtMajority(stored)) {
          waits.pause(left.compareTo(pause) < 0 ? left : pause);
          pause = pause.equals(RETRY_PAUSE_MAX) ? pause : pause.multipliedBy(2);
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Whether, with this node, a majority of the live nodes has it. A node that is no member itself,
   * not yet or no more, cannot tell who lives.
   */
  private boolean isAtMajority(Set<String> stored) {
    Set<String> live = members.get();
    return live.contains(self) && stored.size() + 1 >= Agreement.majority(live.size());
  }

  /** Asks nodes once; returns when enough have it, or all have answered or are lost. */
  private void store(
      Request request,
      Set<String> asked,
      Duration timeout,
      Duration rest,
      Set<String> stored,
      Set<String> refused)
      throws InterruptedException {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    CompletableFuture<Void> all = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(asked.size());
    for (String node : asked) {
      var _ =
          request(node, request, timeout)
              .whenComplete(
                  (reply, failure) -> {
                    if (failure != null) {
                      LOG.warn("{} did not store what it was sent", node, failure);
                    } else if (isPayload(reply)) {
                      stored.add(node);
                    } else {
                      LOG.warn("{} does not store: {}", node, reply.getRefusal().getText());
                      refused.add(node);
                    }
                    if (left.decrementAndGet() == 0) {
                      all.complete(null);
                      enough.complete(null);
                    } else if (isAtMajority(stored)) {
                      enough.complete(null);
                    }
                  });
    }
    if (!asked.isEmpty() && waits.await(enough, timeout) && rest.isPositive()) {
      var _ = waits.await(all, rest);
    }
  }

  /** What one node answers; empty when it refuses or does not answer in time. */
  public Optional<ByteString> ask(String node, Request request, Duration timeout) {
    return reply(node, request(node, request, timeout), timeout)
        .filter(Siblings::isPayload)
        .map(Reply::getPayload);
  }

  /** Empty when none came in time. */
  private Optional<Reply> reply(String node, CompletableFuture<Reply> asked, Duration timeout) {
    try {
      return Optional.of(await(asked, timeout));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("{} did not answer", node, e);
    }
    return Optional.empty();
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

  /**
   * What every node answered that did in time.
   *
   * @param all whether that is every live node, so that nobody else can have what was asked for
   */
  record Answers(List<ByteString> payloads, boolean all) {}

  Answers askAll(Request request, Duration timeout) {
    Map<String, CompletableFuture<Reply>> asked = new LinkedHashMap<>();
    linked().forEach(node -> asked.put(node, request(node, request, timeout)));
    List<ByteString> payloads = new ArrayList<>();
    int answered = 0;
    for (Map.Entry<String, CompletableFuture<Reply>> one : asked.entrySet()) {
      Optional<Reply> reply = reply(one.getKey(), one.getValue(), timeout);
      reply.filter(Siblings::isPayload).ifPresent(r -> payloads.add(r.getPayload()));
      answered += reply.filter(r -> isPayload(r) || isBehind(r)).isPresent() ? 1 : 0;
    }
    Set<String> live = members.get();
    return new Answers(payloads, live.contains(self) && answered + 1 >= live.size());
  }

  private static boolean isPayload(Reply reply) {
    return reply.getKindCase() == Reply.KindCase.PAYLOAD;
  }

  private static boolean isBehind(Reply reply) {
    return reply.getRefusal().getCode() == Refusal.Code.BEHIND;
  }
}
