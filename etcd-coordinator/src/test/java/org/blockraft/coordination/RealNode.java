package org.blockraft.coordination;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** A coordinator over a real etcd, on a loop of its own. */
final class RealNode implements Coordinator.Listener, AutoCloseable {
  final NodeInfo info;
  final LoopThread loop;
  final EtcdCoordinator coordinator;
  final AtomicReference<CoordinationException> refused = new AtomicReference<>();

  RealNode(EtcdSettings settings, String name) {
    this(settings, name, name + ":7070", Optional.empty());
  }

  RealNode(EtcdSettings settings, String name, String address, Optional<String> clusterId) {
    info = new NodeInfo(name, address, UUID.randomUUID().toString());
    loop = new LoopThread("loop-" + name);
    coordinator = EtcdCoordinator.connect(loop, settings, info, clusterId);
    coordinator.start(this);
  }

  boolean leads() {
    return coordinator.leading().isPresent();
  }

  boolean sees(int members) {
    ClusterView view = coordinator.view();
    return view.leader().isPresent() && view.members().size() == members;
  }

  /** As kill -9 does: nothing is told to etcd. */
  void die() {
    loop.close();
  }

  @Override
  public void viewChanged(ClusterView view) {}

  @Override
  public void leadingChanged(Optional<Term> term) {}

  @Override
  public void factsChanged() {}

  @Override
  public void connectedChanged(boolean connected) {}

  @Override
  public void refused(CoordinationException reason) {
    refused.set(reason);
  }

  @Override
  public void close() {
    coordinator.close();
    loop.close();
  }
}
