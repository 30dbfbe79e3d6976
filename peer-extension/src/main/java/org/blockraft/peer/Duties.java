package org.blockraft.peer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.blockraft.cluster.LinkLimits;
import org.blockraft.coordination.Coordinator;
import org.blockraft.coordination.EventLoop;
import org.blockraft.coordination.Leader;
import org.blockraft.coordination.NodeInfo;
import org.blockraft.coordination.Term;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node does for the whole peer, and when it stops doing so: it neither leads nor takes
 * work from other nodes while an operator's order in etcd drains it, or when it is about to stop.
 * Owned by the loop but for {@link #stop} and {@link #isDraining}.
 */
final class Duties {
  private static final Logger LOG = LoggerFactory.getLogger(Duties.class);

  /** By then the other nodes know from a heartbeat that they must not send any more. */
  private static final Duration OTHERS_KNOW = LinkLimits.HEARTBEAT_INTERVAL.multipliedBy(4);

  private static final Duration POLL = Duration.ofMillis(50);

  /** When etcd did not take the node's answer. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final NodeInfo self;
  private final Coordinator coordinator;
  private final EventLoop loop;
  private final IntSupplier underWayForOthers;
  private final BooleanSupplier successors;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private String order = "";
  private boolean stopping;
  private boolean distrusted;
  private long drainingSince;
  private volatile boolean draining;

  /**
   * @param underWayForOthers requests of other nodes that this one has not answered yet
   * @param successors whether there is a node that could lead in place of this one
   */
  Duties(
      NodeInfo self,
      Coordinator coordinator,
      EventLoop loop,
      IntSupplier underWayForOthers,
      BooleanSupplier successors) {
    this.self = self;
    this.coordinator = coordinator;
    this.loop = loop;
    this.underWayForOthers = underWayForOthers;
    this.successors = successors;
  }

  /** Whether this node wants no leadership and no work. */
  boolean isDraining() {
    return draining;
  }

  /** Looks for what operators want. */
  void factsChanged() {
    String drain = OperatorFacts.drain(self.name());
    String wanted = OperatorFacts.text(coordinator.facts(drain), drain);
    if (!wanted.equals(order)) {
      order = wanted;
      update();
      if (!wanted.isEmpty()) {
        var _ = loop.schedule(OTHERS_KNOW, () -> confirm(wanted));
      }
    }
    String resign =
        OperatorFacts.text(coordinator.facts(OperatorFacts.RESIGN), OperatorFacts.RESIGN);
    Optional<Term> leading = coordinator.leading();
    if (leading.isPresent() && resign.equals(Long.toString(leading.get().revision()))) {
      LOG.info("An operator ends the term {}", resign);
      coordinator.resign();
    }
  }

  private void update() {
    boolean wanted = stopping || distrusted || !order.isEmpty();
    if (wanted != draining) {
      draining = wanted;
      drainingSince = loop.nanoTime();
      LOG.info(
          draining
              ? "Draining: this node gives leadership and work of other nodes away"
              : "This node is no longer drained");
      coordinator.candidate(!draining);
    }
  }

  /** Whether this node's state is not that of the others: it may neither lead nor work then. */
  void distrust(boolean is) {
    if (is != distrusted) {
      distrusted = is;
      update();
    }
  }

  private void confirm(String of) {
    if (!of.equals(order)) {
      return;
    }
    boolean another = leader().filter(name -> !name.equals(self.name())).isPresent();
    if (!another || !isIdle()) {
      var _ = loop.schedule(POLL, () -> confirm(of));
      return;
    }
    byte[] done = OperatorFacts.bytes(OperatorFacts.done(of, self.incarnation()));
    var _ =
        coordinator
            .put(OperatorFacts.drained(self.name()), done)
            .whenComplete(
                (written, failure) -> {
                  if (failure != null || !written) {
                    var _ = loop.schedule(RETRY, () -> confirm(of));
                  } else {
                    LOG.info("Drained");
                  }
                });
  }

  private Optional<String> leader() {
    return coordinator.view().leader().map(Leader::node);
  }

  private boolean isIdle() {
    return draining
        && loop.nanoTime() - drainingSince >= OTHERS_KNOW.toNanos()
        && coordinator.leading().isEmpty()
        && underWayForOthers.getAsInt() == 0;
  }

  /**
   * This node is about to stop: completes when another one leads, if there is one, and all that was
   * under way for others is done.
   */
  CompletableFuture<Void> stop() {
    loop.execute(
        () -> {
          stopping = true;
          update();
          awaitIdle();
        });
    return stopped;
  }

  private void awaitIdle() {
    boolean another = leader().filter(name -> !name.equals(self.name())).isPresent();
    boolean hopeless = !coordinator.isConnected() || !successors.getAsBoolean();
    if ((another || hopeless) && isIdle()) {
      stopped.complete(null);
    } else {
      var _ = loop.schedule(POLL, this::awaitIdle);
    }
  }
}
