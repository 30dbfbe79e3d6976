package org.blockraft.coordination;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Entry;
import org.blockraft.coordination.EtcdPort.Snapshot;
import org.blockraft.coordination.EtcdPort.Transaction;

/**
 * A cluster in etcd for somebody who is no member of it: looks, and writes facts. Has no lease and
 * never leads. For one thread; every call blocks, for a time that is bounded.
 */
public final class ClusterAccess implements AutoCloseable {

  /** Several endpoints are tried in turn within one call, each for a request's time. */
  private static final Duration SPARE = Duration.ofSeconds(1);

  /** A request's time is meant for nodes; the first one of a fresh process may take longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration RETRY = Duration.ofMillis(200);

  private final EtcdPort port;
  private final EtcdSettings settings;
  private final ClusterKeys keys;

  /**
   * @param port closed with this object
   */
  public ClusterAccess(EtcdPort port, EtcdSettings settings) {
    this.port = port;
    this.settings = settings;
    this.keys = new ClusterKeys(settings.prefix());
  }

  /** Over a real etcd; connects when there is something to ask. */
  public static ClusterAccess connect(EtcdSettings settings) {
    return new ClusterAccess(JetcdPort.open(settings), settings);
  }

  /**
   * What is there now.
   *
   * @throws CoordinationException when etcd does not answer
   */
  public ClusterContents read() {
    Snapshot snapshot = await(() -> port.read(keys.all()));
    Optional<String> id = Optional.empty();
    Optional<Leader> leader = Optional.empty();
    TreeMap<String, NodeInfo> members = new TreeMap<>();
    TreeMap<String, byte[]> facts = new TreeMap<>();
    for (Entry entry : snapshot.entries()) {
      String key = entry.key();
      if (key.equals(keys.id())) {
        id = Optional.of(ClusterKeys.text(entry));
      } else if (key.equals(keys.leader())) {
        leader = ClusterKeys.leader(entry);
      } else if (key.startsWith(keys.members())) {
        ClusterKeys.member(entry).ifPresent(node -> members.put(node.name(), node));
      } else if (key.startsWith(keys.facts())) {
        facts.put(key.substring(keys.facts().length()), entry.value());
      }
    }
    return new ClusterContents(id, new ClusterView(snapshot.revision(), leader, members), facts);
  }

  /**
   * Writes a fact.
   *
   * @param clusterId of the cluster that it is meant for
   * @param term the fact is written only while this is the term of the current leader; empty:
   *     whoever leads
   * @return false if the cluster is another, or the term is over
   * @throws CoordinationException when etcd does not answer: the fact may be written or not
   */
  public boolean put(String clusterId, Optional<Term> term, String fact, byte[] value) {
    FactName.check(fact, value);
    Condition sameCluster = new Condition.HasValue(keys.id(), ClusterKeys.text(clusterId));
    Transaction write = keys.write(sameCluster, term, fact, value.clone());
    return await(() -> port.commit(write)).succeeded();
  }

  /** A request may be sent several times: to read twice is harmless, and so is to write. */
  private <T> T await(Supplier<CompletableFuture<T>> request) {
    long begin = System.nanoTime();
    while (true) {
      try {
        return once(request.get());
      } catch (CoordinationException e) {
        if (System.nanoTime() - begin > PATIENCE.toNanos()) {
          throw e;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CoordinationException("interrupted", e);
      }
    }
  }

  private <T> T once(CompletableFuture<T> request) {
    Duration limit =
        settings.requestTimeout().multipliedBy(settings.endpoints().size()).plus(SPARE);
    try {
      return request.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CoordinationException("interrupted", e);
    } catch (ExecutionException e) {
      throw EtcdCalls.of(e.getCause());
    } catch (TimeoutException e) {
      request.cancel(true);
      throw new CoordinationException("etcd has not answered in " + limit, e);
    }
  }

  @Override
  public void close() {
    port.close();
  }
}
