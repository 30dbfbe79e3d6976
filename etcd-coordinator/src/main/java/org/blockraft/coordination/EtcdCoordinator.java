package org.blockraft.coordination;

import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Coordination through etcd. */
public final class EtcdCoordinator implements Coordinator {

  /**
   * @param port closed with this object
   * @param expectedClusterId what {@link #clusterId} was when this node was last in the cluster;
   *     none for a new node. An etcd with another id, or none, is refused
   * @param newClusterId makes a random id, used by the first node of a new cluster
   */
  public EtcdCoordinator(
      EventLoop loop,
      EtcdPort port,
      EtcdSettings settings,
      NodeInfo self,
      Optional<String> expectedClusterId,
      Supplier<String> newClusterId) {}

  /** One over a real etcd. */
  public static EtcdCoordinator connect(
      EventLoop loop, EtcdSettings settings, NodeInfo self, Optional<String> expectedClusterId) {
    throw new IllegalStateException("being written");
  }

  @Override
  public void start(Listener listener) {
    throw new IllegalStateException("being written");
  }

  @Override
  public ClusterView view() {
    throw new IllegalStateException("being written");
  }

  @Override
  public Optional<Term> leading() {
    throw new IllegalStateException("being written");
  }

  @Override
  public boolean isConnected() {
    throw new IllegalStateException("being written");
  }

  @Override
  public Optional<String> clusterId() {
    throw new IllegalStateException("being written");
  }

  @Override
  public void candidate(boolean wanted) {
    throw new IllegalStateException("being written");
  }

  @Override
  public void resign() {
    throw new IllegalStateException("being written");
  }

  @Override
  public CompletableFuture<Boolean> depose(Leader leader) {
    throw new IllegalStateException("being written");
  }

  @Override
  public CompletableFuture<Boolean> put(String fact, byte[] value) {
    throw new IllegalStateException("being written");
  }

  @Override
  public CompletableFuture<Boolean> putFenced(Term term, String fact, byte[] value) {
    throw new IllegalStateException("being written");
  }

  @Override
  public SortedMap<String, byte[]> facts(String prefix) {
    throw new IllegalStateException("being written");
  }

  @Override
  public void close() {}
}
