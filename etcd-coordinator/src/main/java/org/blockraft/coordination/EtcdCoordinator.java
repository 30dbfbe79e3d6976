package org.blockraft.coordination;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.blockraft.coordination.EtcdPort.Change;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Effect;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Outcome;
import org.blockraft.coordination.EtcdPort.Snapshot;
import org.blockraft.coordination.EtcdPort.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coordination through etcd: one state machine on the loop.
 *
 * <p>Its parts each own one thing: {@link Session} the lease, {@link KeyReader} the copy of the
 * keys, {@link Registration} the member key, {@link Candidacy} the leader key. After each change
 * {@link #reconcile} looks at all of them and starts the next request, one at a time.
 *
 * <p>Every write is bound to the cluster's id. When etcd has lost or changed the id, or its
 * revision went back, nothing of it is believed: this node leads no more, keeps its last view of
 * the members, writes nothing, and looks every second whether what etcd knew is back.
 */
public final class EtcdCoordinator implements Coordinator {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdCoordinator.class);

  /** A forgetful etcd is a case for an operator; a look each second is no load. */
  private static final Duration FORGOTTEN_POLL = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final EtcdPort port;
  private final EtcdSettings settings;
  private final Supplier<String> newClusterId;
  private final ClusterKeys keys;
  private final WatchedKeys copy = new WatchedKeys();
  private final EtcdCalls calls;
  private final Session session;
  private final KeyReader reader;
  private final Steps steps;
  private final Registration registration;
  private final Candidacy candidacy;
  private final Facts facts;

  private Listener listener;
  private boolean hasRead;
  private boolean forgotten;
  private boolean stopped;
  private boolean leaving;
  private EventLoop.Timer resignTimer;

  /** {@link WatchedKeys#edits} of the view that was told last. */
  private long publishedEdits;

  private volatile ClusterView view = ClusterView.EMPTY;
  private volatile Optional<String> clusterId;
  private volatile boolean connected;
  private final CompletableFuture<Void> left = new CompletableFuture<>();

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
      Supplier<String> newClusterId) {
    this.loop = loop;
    this.port = port;
    this.settings = settings;
    this.clusterId = expectedClusterId;
    this.newClusterId = newClusterId;
    this.keys = new ClusterKeys(settings.prefix());
    this.calls = new EtcdCalls(loop, settings.requestTimeout());
    this.session = new Session(loop, port, calls, settings, this::reconcile);
    this.steps = new Steps(loop, calls, this::reconcile);
    this.registration = new Registration(loop, port, steps, copy, session, settings, self);
    this.candidacy =
        new Candidacy(
            loop,
            port,
            steps,
            copy,
            session,
            keys,
            self,
            this::leadingChanged,
            this::pauseCandidacy);
    this.facts = new Facts(port, calls, copy, keys, () -> listener.factsChanged());
    this.reader = new KeyReader(loop, port, calls, keys.all(), new Reads());
  }

  /** One over a real etcd. */
  public static EtcdCoordinator connect(
      EventLoop loop, EtcdSettings settings, NodeInfo self, Optional<String> expectedClusterId) {
    return new EtcdCoordinator(
        loop,
        JetcdPort.open(settings),
        settings,
        self,
        expectedClusterId,
        () -> UUID.randomUUID().toString());
  }

  @Override
  public void start(Listener toCall) {
    loop.execute(
        () -> {
          if (listener != null) {
            throw new IllegalStateException("started already");
          }
          listener = toCall;
          reader.restart();
          session.start();
          tick();
        });
  }

  @Override
  public ClusterView view() {
    return view;
  }

  @Override
  public Optional<Term> leading() {
    return candidacy.leading();
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public Optional<String> clusterId() {
    return clusterId;
  }

  @Override
  public void candidate(boolean wanted) {
    loop.execute(
        () -> {
          candidacy.want(wanted);
          reconcile();
        });
  }

  @Override
  public void resign() {
    loop.execute(
        () -> {
          if (candidacy.leading().isEmpty() || stopped) {
            return;
          }
          pauseCandidacy();
          reconcile();
        });
  }

  @Override
  public CompletableFuture<Boolean> depose(Leader leader) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (!mayWrite()) {
            answer.complete(false);
            return;
          }
          calls.call(
              candidacy.depose(leader),
              outcome -> deposed(leader, outcome, answer),
              answer::completeExceptionally);
        });
    return answer;
  }

  private void pauseCandidacy() {
    candidacy.pause(true);
    if (resignTimer != null) {
      resignTimer.cancel();
    }
    resignTimer =
        loop.schedule(
            settings.resignPause(),
            () -> {
              candidacy.pause(false);
              reconcile();
            });
  }

  private void deposed(Leader leader, Outcome outcome, CompletableFuture<Boolean> answer) {
    copy.observe(keys.leader(), Candidacy.remaining(outcome), outcome.revision());
    if (outcome.succeeded()) {
      LOG.info("Deposed {}, leader of term {}", leader.node(), leader.term().revision());
    }
    reconcile();
    answer.complete(outcome.succeeded());
  }

  @Override
  public CompletableFuture<Boolean> put(String fact, byte[] value) {
    return write(fact, value, Optional.empty());
  }

  @Override
  public CompletableFuture<Boolean> putFenced(Term term, String fact, byte[] value) {
    return write(fact, value, Optional.of(term));
  }

  private CompletableFuture<Boolean> write(String fact, byte[] value, Optional<Term> term) {
    FactName.check(fact, value);
    byte[] own = value.clone();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (mayWrite()) {
            facts.write(sameCluster(), term, fact, own, answer);
          } else {
            answer.complete(false);
          }
        });
    return answer;
  }

  @Override
  public SortedMap<String, byte[]> facts(String prefix) {
    return facts.under(prefix);
  }

  /** Leaves the cluster; completes when etcd knows, or after the time for a request. */
  public CompletableFuture<Void> leave() {
    loop.execute(
        () -> {
          if (!leaving) {
            leaving = true;
            stop("leaving the cluster", this::closePort);
          }
        });
    return left;
  }

  private void closePort() {
    calls.close();
    port.close();
    left.complete(null);
  }

  /** Waits until etcd knows, at most for twice the time of a request; not on the loop. */
  @Override
  public void close() {
    CompletableFuture<Void> gone = leave();
    if (loop.inLoop()) {
      return;
    }
    try {
      gone.get(settings.requestTimeout().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("Left without telling etcd", e);
      port.close();
    }
  }

  /** Does nothing any more but to give the lease back. */
  private void stop(String reason, Runnable then) {
    long lease = session.lease();
    stopped = true;
    candidacy.end(reason);
    session.stop();
    reader.stop();
    if (lease == 0) {
      then.run();
    } else {
      calls.call(port.revoke(lease), done -> then.run(), error -> then.run());
    }
  }

  private void tick() {
    if (!stopped) {
      reconcile();
      loop.schedule(settings.keepAliveInterval().dividedBy(4), this::tick);
    }
  }

  private void checkConnected() {
    boolean now =
        !forgotten
            && calls.answeredWithin(settings.keepAliveInterval().plus(settings.requestTimeout()));
    if (now != connected) {
      connected = now;
      LOG.info("{}", now ? "Connected to etcd" : "Not connected to a usable etcd");
      listener.connectedChanged(now);
    }
  }

  private boolean mayWrite() {
    return hasRead && clusterId.isPresent() && !forgotten && !stopped;
  }

  private Condition sameCluster() {
    return new Condition.HasValue(keys.id(), ClusterKeys.text(clusterId.orElseThrow()));
  }

  /** Looks at everything that is known, starts what is to do next, and tells of changes. */
  private void reconcile() {
    candidacy.check();
    if (!stopped && !forgotten && hasRead && agreesOnId()) {
      advance();
    }
    if (!stopped) {
      checkConnected();
      publish();
    }
  }

  private void advance() {
    Optional<CoordinationException> refusal = registration.refusal();
    if (refusal.isPresent()) {
      refuse(refusal.get());
      return;
    }
    if (steps.busy()) {
      return;
    }
    registration.step(sameCluster());
    if (!steps.busy() && registration.isDone()) {
      candidacy.step(sameCluster());
    }
  }

  private void refuse(CoordinationException reason) {
    LOG.error("Not in the cluster: {}", reason.getMessage());
    stop(reason.getMessage(), () -> {});
    listener.refused(reason);
  }

  /** Learns or makes the id of the cluster; else etcd has lost its memory. */
  private boolean agreesOnId() {
    Optional<String> there = copy.get(keys.id()).map(ClusterKeys::text);
    if (there.isPresent() && clusterId.isEmpty()) {
      clusterId = there;
    }
    if (there.isPresent() && there.equals(clusterId)) {
      return true;
    }
    if (there.isEmpty() && clusterId.isEmpty() && copy.isEmpty()) {
      if (!steps.busy()) {
        makeId();
      }
      return false;
    }
    forget(
        there.isEmpty()
            ? "has lost the id of cluster " + settings.prefix()
            : "has cluster id " + there.get() + " where it had " + clusterId.orElse("none"));
    return false;
  }

  private void makeId() {
    String id = newClusterId.get();
    steps.take(
        "make a cluster id",
        port.commit(
            new Transaction(
                List.of(new Condition.CreatedAt(keys.id(), 0)),
                List.of(new Effect.Put(keys.id(), ClusterKeys.text(id), 0)),
                List.of(keys.id()))),
        outcome -> {
          long at = outcome.revision();
          Entry made = new Entry(keys.id(), ClusterKeys.text(id), at, at, 0);
          copy.observe(
              keys.id(), outcome.succeeded() ? Optional.of(made) : outcome.reads().get(0), at);
        });
  }

  private void forget(String what) {
    LOG.error("etcd {}. This node leads no more and writes nothing; see docs/etcd.md", what);
    forgotten = true;
    candidacy.end("etcd " + what);
    session.stop();
    reader.stop();
    publish();
    loop.schedule(FORGOTTEN_POLL, this::lookAgain);
  }

  private void lookAgain() {
    if (stopped) {
      return;
    }
    long floor = copy.revision();
    calls.call(
        port.read(keys.all()),
        snapshot -> {
          if (snapshot.revision() >= floor && hasOurId(snapshot)) {
            LOG.info("etcd knows cluster {} again", settings.prefix());
            forgotten = false;
            copy.reset(snapshot);
            session.start();
            reader.restart();
            reconcile();
          } else {
            loop.schedule(FORGOTTEN_POLL, this::lookAgain);
          }
        },
        error -> loop.schedule(FORGOTTEN_POLL, this::lookAgain));
  }

  private boolean hasOurId(Snapshot snapshot) {
    return snapshot.entries().stream()
        .anyMatch(
            entry ->
                entry.key().equals(keys.id())
                    && Optional.of(ClusterKeys.text(entry)).equals(clusterId));
  }

  private void leadingChanged(Optional<Term> term) {
    publish();
    listener.leadingChanged(term);
  }

  private void publish() {
    long edits = forgotten ? -1 : copy.edits();
    if (edits == publishedEdits) {
      return;
    }
    publishedEdits = edits;
    ClusterView next = copied();
    ClusterView last = view;
    if (!next.leader().equals(last.leader()) || !next.members().equals(last.members())) {
      view = next;
      listener.viewChanged(next);
    }
  }

  private ClusterView copied() {
    if (forgotten) {
      return new ClusterView(view.revision(), Optional.empty(), view.members());
    }
    TreeMap<String, NodeInfo> members = new TreeMap<>();
    for (Entry entry : copy.under(keys.members())) {
      ClusterKeys.member(entry).ifPresent(node -> members.put(node.name(), node));
    }
    return new ClusterView(
        copy.revision(), copy.get(keys.leader()).flatMap(ClusterKeys::leader), members);
  }

  private void took(Set<String> changed) {
    facts.changed(changed);
    reconcile();
  }

  /** What the reader brings. */
  private final class Reads implements KeyReader.Sink {
    @Override
    public long revision() {
      return copy.revision();
    }

    @Override
    public boolean read(Snapshot snapshot, long floor) {
      if (snapshot.revision() < floor) {
        forget("went back from revision " + floor + " to " + snapshot.revision());
        return true;
      }
      hasRead = true;
      Set<String> changed = copy.reset(snapshot);
      took(changed);
      return changed.isEmpty();
    }

    @Override
    public void changed(long revision, List<Change> changes) {
      took(copy.apply(revision, changes));
    }
  }
}
