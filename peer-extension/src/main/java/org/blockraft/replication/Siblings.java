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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.blockraft.cluster.Links;
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

  private final Links links;
  private final LongSupplier term;
  private final Supplier<Set<String>> members;

  /**
   * @param term the newest that this node knows of
   * @param members nodes with a live membership, this one among them
   */
  public Siblings(Links links, LongSupplier term, Supplier<Set<String>> members) {
    this.links = links;
    this.term = term;
    this.members = members;
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
   * Has something stored by so many other nodes that, with this one, a majority of the live nodes
   * has it. Nodes whose link is lost meanwhile are asked again when they are back.
   *
   * @return whether that is so; false after the timeout, or when too many refused
   */
  public boolean storeAtMajority(Request request, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Set<String> stored = ConcurrentHashMap.newKeySet();
    Set<String> refused = ConcurrentHashMap.newKeySet();
    try {
      while (stored.size() < wanted()) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        Set<String> asked = new HashSet<>(linked());
        asked.removeAll(stored);
        asked.removeAll(refused);
        if (left.isNegative() || (asked.isEmpty() && !refused.isEmpty())) {
          return false;
        }
        store(request, asked, left, stored, refused);
        if (stored.size() < wanted()) {
          TimeUnit.NANOSECONDS.sleep(Math.min(left.toNanos(), RETRY_PAUSE.toNanos()));
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
    BlockingQueue<String> answered = new LinkedBlockingQueue<>();
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
                    answered.add(node);
                  });
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    for (int i = 0; i < asked.size() && stored.size() < wanted(); i++) {
      if (answered.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) == null) {
        return;
      }
    }
  }

  /** What one node answers; empty when it refuses or does not answer in time. */
  public Optional<ByteString> ask(String node, Request request, Duration timeout) {
    return payload(node, request(node, request, timeout), timeout);
  }

  private static Optional<ByteString> payload(
      String node, CompletableFuture<Reply> asked, Duration timeout) {
    try {
      Reply reply = asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
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
