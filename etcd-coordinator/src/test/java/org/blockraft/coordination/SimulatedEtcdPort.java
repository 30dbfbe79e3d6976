package org.blockraft.coordination;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One client of a {@link SimulatedEtcd}; its connection can be cut. */
public final class SimulatedEtcdPort implements EtcdPort {
  private final SimulatedEtcd etcd;
  private boolean cutOff;

  SimulatedEtcdPort(SimulatedEtcd etcd) {
    this.etcd = etcd;
  }

  /** While cut off nothing arrives in either direction, without any error. */
  public void cutOff(boolean now) {
    cutOff = now;
  }

  boolean isCutOff() {
    return cutOff;
  }

  @Override
  public CompletableFuture<Snapshot> read(String prefix) {
    return etcd.request(this, () -> etcd.read(prefix));
  }

  @Override
  public CompletableFuture<Outcome> commit(Transaction transaction) {
    return etcd.request(this, () -> etcd.commit(transaction));
  }

  @Override
  public CompletableFuture<Grant> grant(Duration ttl) {
    return etcd.request(this, () -> etcd.grant(ttl));
  }

  @Override
  public CompletableFuture<Duration> keepAlive(long lease) {
    return etcd.request(this, () -> etcd.keepAlive(lease));
  }

  @Override
  public CompletableFuture<Void> revoke(long lease) {
    return etcd.request(this, () -> etcd.revoke(lease));
  }

  @Override
  public Watch watch(String prefix, long fromRevision, WatchListener listener) {
    return etcd.watch(this, prefix, fromRevision, listener);
  }

  @Override
  public void close() {
    cutOff = true;
  }
}
