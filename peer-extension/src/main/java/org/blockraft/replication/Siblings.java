package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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
   * has it.
   *
   * @return whether that is so; false after the timeout, or when too many refused
   */
  public boolean storeAtMajority(Request request, Duration timeout) {
    Set<String> alive = members.get();
    int wanted = Agreement.majority(Math.max(1, alive.size())) - 1;
    if (wanted <= 0) {
      return true;
    }
    Set<String> asked = linked();
    CountDownLatch stored = new CountDownLatch(wanted);
    CountDownLatch answered = new CountDownLatch(asked.size());
    AtomicInteger good = new AtomicInteger();
    for (String node : asked) {
      var _ =
          request(node, request, timeout)
              .whenComplete(
                  (reply, failure) -> {
                    if (failure == null && reply.getKindCase() == Reply.KindCase.PAYLOAD) {
                      good.incrementAndGet();
                      stored.countDown();
                    } else {
                      LOG.warn(
                          "{} did not store what it was sent: {}",
                          node,
                          failure == null ? reply.getRefusal().getText() : failure.getMessage());
                    }
                    answered.countDown();
                    if (answered.getCount() == 0) {
                      drain(stored);
                    }
                  });
    }
    if (asked.size() < wanted) {
      return false;
    }
    try {
      return stored.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && good.get() >= wanted;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Wakes who waits: nobody else will answer. */
  private static void drain(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      latch.countDown();
    }
  }

  /** What the first node that has it answers; empty when none has it in time. */
  public Optional<ByteString> fetch(Request request, Duration timeout) {
    for (String node : List.copyOf(linked())) {
      try {
        Reply reply =
            request(node, request, timeout).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (reply.getKindCase() == Reply.KindCase.PAYLOAD) {
          return Optional.of(reply.getPayload());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("{} did not answer", node, e);
      }
    }
    return Optional.empty();
  }

  /** What every node answers that does in time; refusals are left out. */
  List<ByteString> fetchAll(Request request, Duration timeout) {
    List<CompletableFuture<Reply>> asked = new ArrayList<>();
    linked().forEach(node -> asked.add(request(node, request, timeout)));
    List<ByteString> payloads = new ArrayList<>();
    for (CompletableFuture<Reply> reply : asked) {
      try {
        Reply got = reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (got.getKindCase() == Reply.KindCase.PAYLOAD) {
          payloads.add(got.getPayload());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return payloads;
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("A node did not answer", e);
      }
    }
    return payloads;
  }
}
