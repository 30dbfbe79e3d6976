package org.blockraft.coordination;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A cluster of one without etcd: the node leads for ever, in {@link Term#STANDALONE}, unless it
 * does not want to. Facts are kept in memory; what must outlive the process is in its ledger.
 *
 * <p>State is guarded by the lock of this object; the listener is called on the loop.
 */
public final class StandaloneCoordinator implements Coordinator {
  private static final Listener NOBODY =
      new Listener() {
        @Override
        public void viewChanged(ClusterView view) {}

        @Override
        public void leadingChanged(Optional<Term> term) {}

        @Override
        public void factsChanged() {}

        @Override
        public void connectedChanged(boolean connected) {}
      };

  private final EventLoop loop;
  private final NodeInfo self;
  private final Duration resignPause;
  private final TreeMap<String, byte[]> facts = new TreeMap<>();
  private Listener listener = NOBODY;
  private boolean started;
  private boolean closed;
  private boolean wanted = true;
  private boolean pausing;
  private boolean leading;
  private long revision;

  /**
   * @param resignPause how long after {@link #resign} the node leads again
   */
  public StandaloneCoordinator(EventLoop loop, NodeInfo self, Duration resignPause) {
    this.loop = loop;
    this.self = self;
    this.resignPause = resignPause;
  }

  @Override
  public synchronized void start(Listener toCall) {
    if (started) {
      throw new IllegalStateException("started already");
    }
    started = true;
    listener = toCall;
    loop.execute(() -> toCall.connectedChanged(true));
    revision++;
    tellView();
    settle();
  }

  @Override
  public synchronized ClusterView view() {
    TreeMap<String, NodeInfo> members = new TreeMap<>();
    if (started && !closed) {
      members.put(self.name(), self);
    }
    return new ClusterView(
        revision,
        leading
            ? Optional.of(new Leader(self.name(), self.incarnation(), Term.STANDALONE, 0))
            : Optional.empty(),
        members);
  }

  @Override
  public synchronized Optional<Term> leading() {
    return leading ? Optional.of(Term.STANDALONE) : Optional.empty();
  }

  @Override
  public synchronized boolean isConnected() {
    return started && !closed;
  }

  /** The incarnation: nobody else can be in this cluster. */
  @Override
  public Optional<String> clusterId() {
    return Optional.of(self.incarnation());
  }

  @Override
  public synchronized void candidate(boolean want) {
    wanted = want;
    settle();
  }

  @Override
  public synchronized void resign() {
    if (leading) {
      pausing = true;
      settle();
      loop.schedule(resignPause, this::endPause);
    }
  }

  private synchronized void endPause() {
    pausing = false;
    settle();
  }

  @Override
  public CompletableFuture<Boolean> depose(Leader leader) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public synchronized CompletableFuture<Boolean> put(String fact, byte[] value) {
    FactName.check(fact, value);
    if (!started || closed) {
      return CompletableFuture.completedFuture(false);
    }
    facts.put(fact, value.clone());
    revision++;
    Listener toCall = listener;
    loop.execute(toCall::factsChanged);
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public synchronized CompletableFuture<Boolean> putFenced(Term term, String fact, byte[] value) {
    FactName.check(fact, value);
    return leading && term.equals(Term.STANDALONE)
        ? put(fact, value)
        : CompletableFuture.completedFuture(false);
  }

  @Override
  public synchronized SortedMap<String, byte[]> facts(String prefix) {
    TreeMap<String, byte[]> found = new TreeMap<>();
    facts.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            found.put(name, value.clone());
          }
        });
    return found;
  }

  @Override
  public synchronized void close() {
    closed = true;
    settle();
  }

  private void settle() {
    boolean now = started && !closed && wanted && !pausing;
    if (now != leading) {
      leading = now;
      revision++;
      Listener toCall = listener;
      Optional<Term> term = leading();
      loop.execute(() -> toCall.leadingChanged(term));
      tellView();
    }
  }

  private void tellView() {
    Listener toCall = listener;
    ClusterView view = view();
    loop.execute(() -> toCall.viewChanged(view));
  }
}
