package org.blockraft.coordination;

import java.time.Duration;
import java.util.Optional;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key that makes this node a member. Owned by the loop.
 *
 * <p>A name belongs to one process at a time. A process that starts under the name and address of
 * another takes over from it at once: two processes cannot listen on one address, so the other is
 * dead or about to be. Under another address it waits until the other's lease is over, and gives up
 * if it does not end. A process whose name was taken over gives up, too.
 */
final class Registration {
  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

  /** Over a lease, for etcd to notice its end. */
  private static final Duration NAME_WAIT_EXTRA = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final EtcdPort port;
  private final Steps steps;
  private final WatchedKeys copy;
  private final Session session;
  private final ClusterKeys keys;
  private final NodeInfo self;
  private final Duration nameWait;
  private boolean registeredOnce;
  private boolean waiting;
  private long waitingSinceNanos;
  private long revokedLease;

  Registration(
      EventLoop loop,
      EtcdPort port,
      Steps steps,
      WatchedKeys copy,
      Session session,
      EtcdSettings settings,
      NodeInfo self) {
    this.loop = loop;
    this.port = port;
    this.steps = steps;
    this.copy = copy;
    this.session = session;
    this.keys = new ClusterKeys(settings.prefix());
    this.self = self;
    this.nameWait = settings.leaseTtl().plus(NAME_WAIT_EXTRA);
  }

  /** Whether this process is a member under its present lease. */
  boolean isDone() {
    return session.lease() != 0 && entry().filter(this::isMine).isPresent();
  }

  private Optional<Entry> entry() {
    return copy.get(keys.member(self.name()));
  }

  private boolean isMine(Entry entry) {
    return entry.lease() == session.lease() && isOfThisProcess(entry);
  }

  private boolean isOfThisProcess(Entry entry) {
    return ClusterKeys.member(entry)
        .filter(node -> node.incarnation().equals(self.incarnation()))
        .isPresent();
  }

  /** Why this node must not be in the cluster; looked at before each {@link #step}. */
  Optional<CoordinationException> refusal() {
    Optional<Entry> other = entry().filter(entry -> !isOfThisProcess(entry));
    if (other.isEmpty()) {
      waiting = false;
      return Optional.empty();
    }
    String who = ClusterKeys.text(other.get());
    if (registeredOnce) {
      return Optional.of(
          new CoordinationException(
              "another process took over the node name " + self.name() + ": " + who));
    }
    if (hasOwnAddress(other.get()) || !session.isLive()) {
      // To be taken over, or etcd is not there to end the other's lease.
      waiting = false;
    } else if (!waiting) {
      waiting = true;
      waitingSinceNanos = loop.nanoTime();
    }
    if (waiting && loop.nanoTime() - waitingSinceNanos > nameWait.toNanos()) {
      return Optional.of(
          new CoordinationException(
              "the node name " + self.name() + " is in use by another process: " + who));
    }
    return Optional.empty();
  }

  /** Does what is to do next, if anything. */
  void step(Condition sameCluster) {
    if (!session.isLive()) {
      return;
    }
    Optional<Entry> entry = entry();
    if (entry.isEmpty()) {
      register(sameCluster);
    } else if (isMine(entry.get())) {
      registeredOnce = true;
    } else if (isOfThisProcess(entry.get()) || hasOwnAddress(entry.get())) {
      revoke(entry.get());
    }
  }

  private boolean hasOwnAddress(Entry entry) {
    return ClusterKeys.member(entry)
        .filter(node -> node.address().equals(self.address()))
        .isPresent();
  }

  private void register(Condition sameCluster) {
    String key = keys.member(self.name());
    long lease = session.lease();
    byte[] value = ClusterKeys.memberValue(self);
    steps.take(
        "register",
        port.commit(keys.claim(sameCluster, key, value, lease)),
        outcome -> registered(key, value, lease, outcome),
        session::check);
  }

  private void registered(String key, byte[] value, long lease, Outcome outcome) {
    long revision = outcome.revision();
    if (outcome.succeeded()) {
      LOG.info("Node {} is a member, lease {}", self.name(), Long.toHexString(lease));
      copy.observe(key, Optional.of(new Entry(key, value, revision, revision, lease)), revision);
    } else {
      copy.observe(key, outcome.reads().get(0), revision);
      copy.observe(keys.id(), outcome.reads().get(1), revision);
    }
  }

  private void revoke(Entry entry) {
    if (entry.lease() == 0 || entry.lease() == revokedLease) {
      return;
    }
    LOG.info("Ending the lease of an earlier {}: {}", self.name(), ClusterKeys.text(entry));
    steps.take(
        "end an earlier lease", port.revoke(entry.lease()), done -> revokedLease = entry.lease());
  }
}
