package org.blockraft.coordination;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node does in etcd on its own account, one request after the other: each outcome, or a
 * pause after a failure, leads to the next look at what is to do. Owned by the loop.
 */
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

  private final EventLoop loop;
  private final EtcdCalls calls;
  private final Runnable next;
  private final Backoff backoff = new Backoff();
  private boolean busy;

  Steps(EventLoop loop, EtcdCalls calls, Runnable next) {
    this.loop = loop;
    this.calls = calls;
    this.next = next;
  }

  /** Whether a step is under way or waits for its turn again. */
  boolean busy() {
    return busy;
  }

  <T> void take(String what, CompletableFuture<T> request, Consumer<T> done) {
    take(what, request, done, () -> {});
  }

  <T> void take(String what, CompletableFuture<T> request, Consumer<T> done, Runnable failed) {
    busy = true;
    calls.call(
        request,
        result -> {
          backoff.reset();
          busy = false;
          done.accept(result);
          next.run();
        },
        error -> {
          LOG.debug("Could not {}: {}", what, error.getMessage());
          failed.run();
          loop.schedule(
              backoff.next(),
              () -> {
                busy = false;
                next.run();
              });
        });
  }
}
