package org.blockraft.coordination;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's lease in etcd: granted, kept alive, granted again for ever. Owned by the loop.
 *
 * <p>The deadline is what this node may count on: etcd counts the lease from when it handles a
 * keep-alive, which is after it was sent. So: time of sending the last acknowledged one, plus the
 * lease, minus a margin for clocks of different rate.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final EventLoop loop;
  private final EtcdPort port;
  private final EtcdCalls calls;
  private final EtcdSettings settings;
  private final Runnable changed;
  private final Backoff backoff = new Backoff();
  private boolean running;

  /** Outcomes of requests that were sent before a stop belong to an earlier epoch. */
  private long epoch;

  private long lease;
  private long deadlineNanos;

  /**
   * @param changed told when the lease is granted, prolonged or lost
   */
  Session(EventLoop loop, EtcdPort port, EtcdCalls calls, EtcdSettings settings, Runnable changed) {
    this.loop = loop;
    this.port = port;
    this.calls = calls;
    this.settings = settings;
    this.changed = changed;
  }

  void start() {
    if (!running) {
      running = true;
      epoch++;
      grant(epoch);
    }
  }

  /** Keeps the lease alive no longer. */
  void stop() {
    running = false;
    epoch++;
    lease = 0;
  }

  /** 0 while there is none. */
  long lease() {
    return lease;
  }

  boolean isLive() {
    return lease != 0 && loop.nanoTime() - deadlineNanos < 0;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** The lease may be gone: asks now and not only when the next keep-alive is due. */
  void check() {
    if (lease != 0) {
      epoch++;
      keepAlive(epoch);
    }
  }

  private void lost() {
    LOG.warn("Lease {} in etcd is gone; asking for another", Long.toHexString(lease));
    lease = 0;
    epoch++;
    changed.run();
    grant(epoch);
  }

  private void grant(long of) {
    if (of != epoch) {
      return;
    }
    long sent = loop.nanoTime();
    calls.call(
        port.grant(settings.leaseTtl()),
        granted -> {
          if (of == epoch) {
            backoff.reset();
            lease = granted.lease();
            deadlineNanos = deadline(sent, granted.ttl());
            later(settings.keepAliveInterval(), () -> keepAlive(of));
            changed.run();
          }
        },
        error -> {
          LOG.debug("No lease: {}", error.getMessage());
          later(backoff.next(), () -> grant(of));
        });
  }

  private void keepAlive(long of) {
    if (of != epoch) {
      return;
    }
    long sent = loop.nanoTime();
    calls.call(
        port.keepAlive(lease),
        left -> {
          if (of != epoch) {
            return;
          }
          backoff.reset();
          if (left.isZero()) {
            lost();
            return;
          }
          long prolonged = deadline(sent, left);
          if (prolonged - deadlineNanos > 0) {
            deadlineNanos = prolonged;
          }
          later(settings.keepAliveInterval(), () -> keepAlive(of));
          changed.run();
        },
        error -> {
          LOG.debug("Lease not prolonged: {}", error.getMessage());
          later(backoff.next(), () -> keepAlive(of));
        });
  }

  private long deadline(long sent, Duration ttl) {
    return sent + ttl.minus(settings.leaseMargin()).toNanos();
  }

  private void later(Duration delay, Runnable work) {
    loop.schedule(delay, work);
  }
}
