package org.blockraft.coordination;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The part of etcd that coordination needs, without any waiting.
 *
 * <p>Two kinds: the real one over gRPC, and the simulated etcd of the tests. Futures complete on
 * any thread; they fail with {@link CoordinationException}, and then the request may have had its
 * effect or not. Callers set their own deadline as well.
 */
public interface EtcdPort extends AutoCloseable {

  /** A key with what etcd knows of it. */
  record Entry(String key, byte[] value, long createRevision, long modRevision, long lease) {}

  /** All keys under a prefix at one revision. */
  record Snapshot(long revision, List<Entry> entries) {}

  /** A condition of a transaction. */
  sealed interface Condition {

    /** The key was created at that revision; 0 means that there is no such key. */
    record CreatedAt(String key, long revision) implements Condition {}

    /** The key has that value. */
    record HasValue(String key, byte[] value) implements Condition {}
  }

  /** An effect of a transaction. */
  sealed interface Effect {

    /** Writes a key, bound to a lease unless 0. */
    record Put(String key, byte[] value, long lease) implements Effect {}

    /** Deletes a key if it is there. */
    record Delete(String key) implements Effect {}
  }

  /**
   * Effects that take place together if all conditions hold.
   *
   * @param reads keys to read at the same revision if one does not hold
   */
  record Transaction(List<Condition> conditions, List<Effect> effects, List<String> reads) {}

  /**
   * What became of a transaction.
   *
   * @param succeeded whether the conditions held
   * @param revision of etcd after it
   * @param reads in the order asked; empty if it succeeded
   */
  record Outcome(boolean succeeded, long revision, List<Optional<Entry>> reads) {}

  /** A lease as granted, maybe longer than asked for. */
  record Grant(long lease, Duration ttl) {}

  /** All keys that start with the prefix, linearizable. */
  CompletableFuture<Snapshot> read(String prefix);

  /** Runs a transaction. */
  CompletableFuture<Outcome> commit(Transaction transaction);

  /** A new lease. */
  CompletableFuture<Grant> grant(Duration ttl);

  /** Prolongs a lease; zero when there is no such lease any more. */
  CompletableFuture<Duration> keepAlive(long lease);

  /** Ends a lease, and with it its keys; done too if there is no such lease. */
  CompletableFuture<Void> revoke(long lease);

  /** Changes of keys under a prefix from the revision on, until closed or broken. */
  Watch watch(String prefix, long fromRevision, WatchListener listener);

  /** Does not wait. */
  @Override
  void close();

  /** A running watch. */
  interface Watch {

    /** Ends it; what is under way may still arrive. */
    void close();
  }

  /** A change of a key: written, or deleted at {@link Entry#modRevision()} (value empty). */
  record Change(Entry entry, boolean deleted) {}

  /** Hears changes in the order of their revisions, none twice, on any one thread at a time. */
  interface WatchListener {

    /** All changes of one or several whole revisions. */
    void changed(long revision, List<Change> changes);

    /** The watch is over and some changes may be missing: read again. */
    void broken(CoordinationException reason);
  }
}
