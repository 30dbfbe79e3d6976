package org.blockraft.coordination;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Effect;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Outcome;
import org.blockraft.coordination.EtcdPort.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wins, holds and gives up the leader key. Owned by the loop but for {@link #leading}.
 *
 * <p>Leadership begins only with etcd's answer to a campaign, never with what the watch says, and a
 * term that ended here never begins again: a leader key of ours that we do not lead by is deleted
 * (a campaign whose answer was lost, a term that ended by our own clock), then we campaign again.
 */
final class Candidacy {
  private static final Logger LOG = LoggerFactory.getLogger(Candidacy.class);

  private final EventLoop loop;
  private final EtcdPort port;
  private final Steps steps;
  private final WatchedKeys copy;
  private final Session session;
  private final ClusterKeys keys;
  private final NodeInfo self;
  private final Consumer<Optional<Term>> changed;
  private final Runnable deposed;
  private boolean wanted = true;
  private boolean pausing;
  private long lastTerm;

  /** What this node leads by; written on the loop, read by any thread. */
  private volatile Lead lead;

  private record Lead(Term term, long lease, long deadlineNanos) {}

  /**
   * @param changed hears when leadership begins or ends
   * @param deposed hears that another node ended it
   */
  Candidacy(
      EventLoop loop,
      EtcdPort port,
      Steps steps,
      WatchedKeys copy,
      Session session,
      ClusterKeys keys,
      NodeInfo self,
      Consumer<Optional<Term>> changed,
      Runnable deposed) {
    this.loop = loop;
    this.port = port;
    this.steps = steps;
    this.copy = copy;
    this.session = session;
    this.keys = keys;
    this.self = self;
    this.changed = changed;
    this.deposed = deposed;
  }

  /** From any thread. */
  Optional<Term> leading() {
    Lead now = lead;
    return now != null && loop.nanoTime() - now.deadlineNanos() < 0
        ? Optional.of(now.term())
        : Optional.empty();
  }

  void want(boolean candidate) {
    wanted = candidate;
  }

  void pause(boolean now) {
    pausing = now;
  }

  /** Ends leadership if any; the key in etcd is deleted by the next steps. */
  void end(String reason) {
    if (lead != null) {
      LOG.info("No longer leading in term {}: {}", lead.term().revision(), reason);
      lead = null;
      changed.accept(Optional.empty());
    }
  }

  /** Holds the leadership against the lease and what etcd is known to say. */
  void check() {
    if (lead == null) {
      return;
    }
    if (session.lease() != lead.lease()) {
      end("the lease in etcd is gone");
      return;
    }
    if (session.deadlineNanos() - lead.deadlineNanos() > 0) {
      lead = new Lead(lead.term(), lead.lease(), session.deadlineNanos());
    }
    if (leading().isEmpty()) {
      end("the lease may be over, etcd has not prolonged it in time");
    } else if (!wanted || pausing) {
      end("given up");
    } else if (leaderTerm().filter(lead.term()::equals).isEmpty()) {
      // The others could not reach this node: one of them shall lead.
      deposed.run();
      end("deposed");
    }
  }

  private Optional<Term> leaderTerm() {
    return copy.get(keys.leader()).map(entry -> new Term(entry.createRevision()));
  }

  /** Does what is to do next, if anything; the node is a member. */
  void step(Condition sameCluster) {
    Optional<Entry> entry = copy.get(keys.leader());
    if (entry.isEmpty()) {
      if (wanted && !pausing && session.isLive()) {
        campaign(sameCluster);
      }
    } else if (lead == null && isOurs(entry.get())) {
      withdraw(entry.get().createRevision());
    }
  }

  private boolean isOurs(Entry entry) {
    return ClusterKeys.leader(entry)
        .filter(leader -> leader.incarnation().equals(self.incarnation()))
        .isPresent();
  }

  private void campaign(Condition sameCluster) {
    long lease = session.lease();
    byte[] value = ClusterKeys.leaderValue(self);
    String key = keys.leader();
    steps.take(
        "campaign",
        port.commit(keys.claim(sameCluster, key, value, lease)),
        outcome -> campaigned(key, value, lease, outcome),
        session::check);
  }

  private void campaigned(String key, byte[] value, long lease, Outcome outcome) {
    long revision = outcome.revision();
    if (outcome.succeeded()) {
      Entry won = new Entry(key, value, revision, revision, lease);
      copy.observe(key, Optional.of(won), revision);
      begin(won);
      return;
    }
    Optional<Entry> present = outcome.reads().get(0);
    copy.observe(key, present, revision);
    copy.observe(keys.id(), outcome.reads().get(1), revision);
    // The transport may have sent the campaign twice; then the first one won.
    present.filter(entry -> isOurs(entry) && entry.lease() == lease).ifPresent(this::begin);
  }

  private void begin(Entry won) {
    if (won.createRevision() <= lastTerm || !wanted || pausing || session.lease() != won.lease()) {
      return;
    }
    lastTerm = won.createRevision();
    lead = new Lead(new Term(lastTerm), won.lease(), session.deadlineNanos());
    if (leading().isPresent()) {
      LOG.info("Leading in term {}", lastTerm);
      changed.accept(leading());
    } else {
      lead = null;
    }
  }

  private void withdraw(long createRevision) {
    lastTerm = Math.max(lastTerm, createRevision);
    steps.take(
        "withdraw",
        delete(createRevision),
        outcome -> copy.observe(keys.leader(), remaining(outcome), outcome.revision()));
  }

  private CompletableFuture<Outcome> delete(long createRevision, Effect... further) {
    String key = keys.leader();
    List<Effect> effects = new ArrayList<>(List.of(further));
    effects.add(new Effect.Delete(key));
    return port.commit(
        new Transaction(
            List.of(new Condition.CreatedAt(key, createRevision)), effects, List.of(key)));
  }

  /**
   * Deletes the leader key of another node, and its membership: while the leader key is there, the
   * member key is that of the same process. Its lease is not revoked, since a node that lives after
   * all may by then hold a new leadership by it.
   */
  CompletableFuture<Outcome> depose(Leader leader) {
    return delete(leader.term().revision(), new Effect.Delete(keys.member(leader.node())));
  }

  /** The leader key after {@link #depose} or a withdrawal. */
  static Optional<Entry> remaining(Outcome outcome) {
    return outcome.succeeded() ? Optional.empty() : outcome.reads().get(0);
  }
}
