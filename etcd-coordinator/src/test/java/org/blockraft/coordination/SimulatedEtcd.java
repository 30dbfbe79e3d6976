package org.blockraft.coordination;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.blockraft.coordination.EtcdPort.Change;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Effect;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Grant;
import org.blockraft.coordination.EtcdPort.Outcome;
import org.blockraft.coordination.EtcdPort.Snapshot;
import org.blockraft.coordination.EtcdPort.Transaction;

/**
 * An etcd in virtual time, with what can go wrong: it is down, it answers late or never, requests
 * and answers are lost, clients are cut off, history is compacted, watches break, data is lost.
 */
public final class SimulatedEtcd {
  private final SimulatedTime time;
  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final Map<Long, Lease> leases = new TreeMap<>();
  private final List<Revision> history = new ArrayList<>();
  private final List<SimulatedWatch> watches = new ArrayList<>();
  private final List<Consumer<Transaction>> observers = new ArrayList<>();
  private long revision = 1;
  private long compacted;
  private long leasesMade = 100;
  private boolean down;
  private double lossRate;
  private Duration delayMax = Duration.ofMillis(3);

  private record Revision(long number, List<Change> changes) {}

  private static final class Lease {
    private final Duration ttl;
    private long endNanos;

    private Lease(Duration ttl, long endNanos) {
      this.ttl = ttl;
      this.endNanos = endNanos;
    }
  }

  public SimulatedEtcd(SimulatedTime time) {
    this.time = time;
  }

  /** A client; each node has its own. */
  public SimulatedEtcdPort port() {
    return new SimulatedEtcdPort(this);
  }

  /** Requests and answers get lost at that rate. */
  public void lossRate(double rate) {
    lossRate = rate;
  }

  /** Each way takes up to this. */
  public void delayMax(Duration most) {
    delayMax = most;
  }

  /** Hears each transaction that takes effect, before it does. */
  public void observe(Consumer<Transaction> observer) {
    observers.add(observer);
  }

  /** Stops: watches break, requests fail or hang, time of leases stands still. */
  public void stop() {
    down = true;
    breakWatches("etcd stopped");
  }

  /** Starts with the data it had; leases get their whole time again, as with the real one. */
  public void start() {
    down = false;
    leases.values().forEach(lease -> lease.endNanos = time.nowNanos() + lease.ttl.toNanos());
    leases.keySet().forEach(this::expireLater);
  }

  public boolean isDown() {
    return down;
  }

  /** Loses all data, as when its folder is deleted; clients find an empty etcd. */
  public void forget() {
    breakWatches("etcd restarted");
    entries.clear();
    leases.clear();
    history.clear();
    revision = 1;
    compacted = 0;
  }

  /** Drops history: watches that are behind break. */
  public void compact() {
    compacted = revision;
    history.clear();
  }

  /** Ends all watches, as when a member of etcd dies. */
  public void breakWatches(String reason) {
    List.copyOf(watches).forEach(watch -> watch.breakOff(reason));
  }

  /** What etcd has now, for checks. */
  public Optional<Entry> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  public long revision() {
    return revision;
  }

  /** Changes a key as an operator would. */
  public void set(String key, Optional<byte[]> value) {
    commit(
        new Transaction(
            List.of(),
            List.of(
                value
                    .<Effect>map(bytes -> new Effect.Put(key, bytes, 0))
                    .orElseGet(() -> new Effect.Delete(key))),
            List.of()));
  }

  <T> CompletableFuture<T> request(SimulatedEtcdPort port, Supplier<T> operation) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (isLost(port)) {
      return answer;
    }
    time.after(
        delay(),
        () -> {
          if (down) {
            time.after(
                delay(),
                () -> answer.completeExceptionally(new CoordinationException("etcd is down")));
            return;
          }
          T result;
          try {
            result = operation.get();
          } catch (CoordinationException e) {
            time.after(delay(), () -> answer.completeExceptionally(e));
            return;
          }
          if (!isLost(port)) {
            time.after(delay(), () -> answer.complete(result));
          }
        });
    return answer;
  }

  private boolean isLost(SimulatedEtcdPort port) {
    return port.isCutOff() || time.random().nextDouble() < lossRate;
  }

  private Duration delay() {
    return time.between(Duration.ofNanos(100_000), delayMax);
  }

  Snapshot read(String prefix) {
    return new Snapshot(
        revision, List.copyOf(entries.subMap(prefix, prefix + Character.MAX_VALUE).values()));
  }

  Outcome commit(Transaction transaction) {
    if (!transaction.conditions().stream().allMatch(this::holds)) {
      return new Outcome(false, revision, transaction.reads().stream().map(this::get).toList());
    }
    for (Effect effect : transaction.effects()) {
      if (effect instanceof Effect.Put put
          && put.lease() != 0
          && !leases.containsKey(put.lease())) {
        throw new CoordinationException("requested lease not found");
      }
    }
    observers.forEach(observer -> observer.accept(transaction));
    long next = revision + 1;
    List<Change> changes = new ArrayList<>();
    for (Effect effect : transaction.effects()) {
      apply(effect, next, changes);
    }
    record(next, changes);
    return new Outcome(true, revision, List.of());
  }

  private boolean holds(Condition condition) {
    return switch (condition) {
      case Condition.CreatedAt(String key, long at) ->
          get(key).map(Entry::createRevision).orElse(0L) == at;
      case Condition.HasValue(String key, byte[] value) ->
          get(key).filter(entry -> Arrays.equals(entry.value(), value)).isPresent();
    };
  }

  private void apply(Effect effect, long next, List<Change> changes) {
    switch (effect) {
      case Effect.Put(String key, byte[] value, long lease) -> {
        long created = get(key).map(Entry::createRevision).orElse(next);
        Entry entry = new Entry(key, value, created, next, lease);
        entries.put(key, entry);
        changes.add(new Change(entry, false));
      }
      case Effect.Delete(String key) -> delete(key, next, changes);
    }
  }

  private void delete(String key, long next, List<Change> changes) {
    if (entries.remove(key) != null) {
      changes.add(new Change(new Entry(key, new byte[0], 0, next, 0), true));
    }
  }

  private void record(long next, List<Change> changes) {
    if (!changes.isEmpty()) {
      revision = next;
      history.add(new Revision(next, changes));
      List.copyOf(watches).forEach(watch -> watch.deliver(next, changes));
    }
  }

  Grant grant(Duration ttl) {
    long lease = leasesMade++;
    leases.put(lease, new Lease(ttl, time.nowNanos() + ttl.toNanos()));
    expireLater(lease);
    return new Grant(lease, ttl);
  }

  Duration keepAlive(long lease) {
    Lease found = leases.get(lease);
    if (found == null) {
      return Duration.ZERO;
    }
    found.endNanos = time.nowNanos() + found.ttl.toNanos();
    return found.ttl;
  }

  Void revoke(long lease) {
    if (leases.remove(lease) != null) {
      long next = revision + 1;
      List<Change> changes = new ArrayList<>();
      for (Entry entry : List.copyOf(entries.values())) {
        if (entry.lease() == lease) {
          delete(entry.key(), next, changes);
        }
      }
      record(next, changes);
    }
    return null;
  }

  private void expireLater(long lease) {
    Lease found = leases.get(lease);
    time.after(
        Duration.ofNanos(found.endNanos - time.nowNanos()),
        () -> {
          if (leases.get(lease) != found || down) {
            return;
          }
          if (found.endNanos <= time.nowNanos()) {
            revoke(lease);
          } else {
            expireLater(lease);
          }
        });
  }

  EtcdPort.Watch watch(
      SimulatedEtcdPort port, String prefix, long from, EtcdPort.WatchListener listener) {
    SimulatedWatch watch = new SimulatedWatch(port, prefix, listener);
    time.after(
        delay(),
        () -> {
          if (watch.over) {
            return;
          }
          if (down || isLost(port)) {
            watch.breakOff("etcd is down");
          } else if (from <= compacted) {
            watch.breakOff("compacted up to " + compacted);
          } else {
            watches.add(watch);
            history.stream()
                .filter(old -> old.number() >= from)
                .forEach(old -> watch.deliver(old.number(), old.changes()));
          }
        });
    return watch;
  }

  /** Delivers in order, each after a delay of its own; a lost message breaks it later. */
  private final class SimulatedWatch implements EtcdPort.Watch {
    private final SimulatedEtcdPort port;
    private final String prefix;
    private final EtcdPort.WatchListener listener;
    private long lastDeliveryNanos;
    private boolean over;

    private SimulatedWatch(SimulatedEtcdPort port, String prefix, EtcdPort.WatchListener listener) {
      this.port = port;
      this.prefix = prefix;
      this.listener = listener;
    }

    private void deliver(long number, List<Change> all) {
      List<Change> changes =
          all.stream().filter(change -> change.entry().key().startsWith(prefix)).toList();
      if (over || changes.isEmpty()) {
        return;
      }
      if (isLost(port)) {
        breakOff("connection lost");
        return;
      }
      inOrder(() -> listener.changed(number, changes));
    }

    private void breakOff(String reason) {
      if (!over) {
        over = true;
        watches.remove(this);
        long due = Math.max(lastDeliveryNanos, time.nowNanos() + delay().toNanos());
        time.after(
            Duration.ofNanos(due - time.nowNanos()),
            () -> listener.broken(new CoordinationException(reason)));
      }
    }

    private void inOrder(Runnable delivery) {
      lastDeliveryNanos = Math.max(lastDeliveryNanos, time.nowNanos() + delay().toNanos());
      time.after(Duration.ofNanos(lastDeliveryNanos - time.nowNanos()), delivery);
    }

    @Override
    public void close() {
      over = true;
      watches.remove(this);
    }
  }
}
