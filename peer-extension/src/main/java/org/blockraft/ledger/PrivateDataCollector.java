package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.DistributionSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.blockraft.state.StateView;
import org.blockraft.validate.EndorserTransaction;
import org.blockraft.validate.ParsedTransaction;
import org.blockraft.validate.ReadWriteSet;
import org.blockraft.validate.ReadWriteSet.CollectionReadWrites;
import org.blockraft.validate.ReadWriteSet.NamespaceReadWrites;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.ledger.rwset.CollectionPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.NsPvtReadWriteSet;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.msp.SerializedIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the private write sets of a block: in the transient store, then at other peers for a
 * bounded time. What cannot be found is noted as missing and does not stop the block.
 *
 * <p>Fabric: gossip/privdata/pvtdataprovider.go. Owned by the committing thread.
 */
final class PrivateDataCollector {

  /** Stock's pause between two attempts to pull. */
  static final Duration PULL_PAUSE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(PrivateDataCollector.class);

  private final String channelId;
  private final LedgerSettings settings;
  private final CollectionConfigs configs;
  private final TransientStore transientStore;
  private final Timing timing;
  private final DistributionSummary fetchSeconds;

  /** Time as the pull loop needs it. */
  record Timing(LongSupplier nanoTime, Pause pause) {
    static final Timing REAL = new Timing(System::nanoTime, Thread::sleep);
  }

  /** Waits; a thing of its own so that tests need not. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration duration) throws InterruptedException;
  }

  /** A write set that this peer should have. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares needs
  private record Need(
      PrivateDataKey key, byte[] hash, boolean invalid, List<ByteString> endorsers) {}

  /** What is found and what is still needed while collecting. */
  private static final class Search {
    final Map<PrivateDataKey, Need> needed = new LinkedHashMap<>();
    final Map<PrivateDataKey, ByteString> found = new LinkedHashMap<>();
    final List<MissingPrivateData> later = new ArrayList<>();
    final List<MissingPrivateData> ineligible = new ArrayList<>();
    final List<String> txIds = new ArrayList<>();
  }

  PrivateDataCollector(
      String channelId,
      LedgerSettings settings,
      CollectionConfigs configs,
      TransientStore transientStore,
      Timing timing,
      DistributionSummary fetchSeconds) {
    this.channelId = channelId;
    this.settings = settings;
    this.configs = configs;
    this.transientStore = transientStore;
    this.timing = timing;
    this.fetchSeconds = fetchSeconds;
  }

  CollectedPrivateData collect(ValidatedBlock block, StateView state, PrivateDataSource others) {
    Search search = new Search();
    List<ParsedTransaction> transactions = block.transactions();
    for (int tx = 0; tx < transactions.size(); tx++) {
      ParsedTransaction transaction = transactions.get(tx);
      Optional<ReadWriteSet> writes = transaction.readWriteSet();
      if (writes.isPresent()) {
        search.txIds.add(transaction.txId());
        boolean invalid = block.flags()[tx] != 0;
        list(block.number(), tx, transaction, writes.get(), invalid, state, search);
      }
    }
    int wanted = search.needed.size();
    if (wanted > 0) {
      fromTransientStore(search);
      int local = search.found.size();
      if (!search.needed.isEmpty()) {
        fromOthers(search, others);
      }
      report(block.number(), wanted, local, search);
    }
    search.needed.keySet().forEach(key -> search.later.add(missing(key)));
    return new CollectedPrivateData(
        assemble(search.found), search.later, search.ineligible, search.txIds);
  }

  private void list(
      long block,
      int tx,
      ParsedTransaction transaction,
      ReadWriteSet writes,
      boolean invalid,
      StateView state,
      Search search) {
    for (NamespaceReadWrites namespace : writes.namespaces()) {
      for (CollectionReadWrites collection : namespace.collections()) {
        String name = collection.collection();
        if (!collection.keys().writesAnything()
            || (invalid && !isDefined(state, namespace.namespace(), name))) {
          continue;
        }
        PrivateDataKey key =
            new PrivateDataKey(block, tx, transaction.txId(), namespace.namespace(), name);
        if (!configs.isMember(state, namespace.namespace(), name)) {
          search.ineligible.add(missing(key));
          continue;
        }
        Set<String> members = configs.memberOrgs(state, namespace.namespace(), name);
        search.needed.put(
            key, new Need(key, collection.privateHash(), invalid, endorsers(transaction, members)));
      }
    }
  }

  private boolean isDefined(StateView state, String namespace, String collection) {
    return CollectionConfigs.isImplicit(collection)
        || configs.find(state, namespace, collection).isPresent();
  }

  private static List<ByteString> endorsers(ParsedTransaction transaction, Set<String> members) {
    List<ByteString> endorsers = new ArrayList<>();
    transaction
        .endorserTransaction()
        .map(EndorserTransaction::endorsements)
        .orElse(List.of())
        .forEach(
            endorsement -> {
              try {
                if (members.contains(
                    SerializedIdentity.parseFrom(endorsement.endorser()).getMspid())) {
                  endorsers.add(endorsement.endorser());
                }
              } catch (InvalidProtocolBufferException e) {
                LOG.warn("Failed unmarshalling endorser: {}", e.getMessage());
              }
            });
    return endorsers;
  }

  private void fromTransientStore(Search search) {
    for (Need need : List.copyOf(search.needed.values())) {
      if (!search.needed.containsKey(need.key())) {
        continue;
      }
      for (TransientEntry entry : transientStore.byTxId(need.key().txId())) {
        for (NsPvtReadWriteSet namespace : entry.privateData().getPvtRwset().getNsPvtRwsetList()) {
          for (CollectionPvtReadWriteSet collection : namespace.getCollectionPvtRwsetList()) {
            PrivateDataKey key =
                new PrivateDataKey(
                    need.key().block(),
                    need.key().tx(),
                    need.key().txId(),
                    namespace.getNamespace(),
                    collection.getCollectionName());
            take(search, key, collection.getRwset(), false);
          }
        }
      }
    }
  }

  /**
   * Takes an offered write set if it is wanted and is the endorsed one.
   *
   * @param definite whether a wrong one, which a purge on the other side can cause, means that
   *     asking again is of no use
   */
  private static void take(Search search, PrivateDataKey key, ByteString writes, boolean definite) {
    Need need = search.needed.get(key);
    if (need == null) {
      return;
    }
    if (Arrays.equals(need.hash(), Hash.sha256(writes))) {
      search.found.put(key, writes);
      search.needed.remove(key);
    } else if (definite) {
      search.later.add(missing(key));
      search.needed.remove(key);
    }
  }

  /**
   * Asks once in any case, and as long as the source wants to be asked, however little time there
   * is for other peers: the first to answer are the other nodes of this peer, and what they hold
   * this peer has.
   */
  private void fromOthers(Search search, PrivateDataSource others) {
    long started = timing.nanoTime().getAsLong();
    long limit = Math.max(settings.pullRetryThreshold().toNanos(), others.patience().toNanos());
    boolean more = pullOnce(search, others);
    while (more && timing.nanoTime().getAsLong() - started < limit) {
      try {
        timing.pause().pause(PULL_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LedgerException("interrupted while pulling private data", e);
      }
      more = pullOnce(search, others);
    }
    fetchSeconds.record((timing.nanoTime().getAsLong() - started) / 1e9);
  }

  /** Whether another attempt may bring more. */
  private boolean pullOnce(Search search, PrivateDataSource others) {
    List<PrivateDataSource.Wanted> wanted = new ArrayList<>();
    for (Need need : search.needed.values()) {
      if (!need.invalid() || !settings.skipPullingInvalid()) {
        wanted.add(new PrivateDataSource.Wanted(need.key(), need.endorsers()));
      }
    }
    if (wanted.isEmpty()) {
      return false;
    }
    int skipped = search.needed.size() - wanted.size();
    Optional<PrivateDataSource.Pulled> pulled = others.pull(wanted);
    if (pulled.isEmpty()) {
      return false;
    }
    pulled.get().writeSets().forEach((key, writes) -> take(search, key, writes, true));
    for (PrivateDataKey purged : pulled.get().purged()) {
      if (search.needed.remove(purged) != null) {
        LOG.warn(
            "Missing key because was purged or will soon be purged, continue block commit without"
                + " [{}] in private rwset",
            purged);
      }
    }
    return search.needed.size() > skipped;
  }

  private void report(long block, int wanted, int local, Search search) {
    int pulled = search.found.size() - local;
    if (search.needed.isEmpty()) {
      LOG.info(
          "[{}] Successfully fetched (or marked to reconcile later) all {} eligible collection"
              + " private write sets for block [{}] (0 from local cache, {} from transient store,"
              + " {} from other peers)",
          channelId,
          wanted,
          block,
          local,
          pulled);
    } else {
      LOG.warn(
          "[{}] Could not fetch (or mark to reconcile later) {} eligible collection private write"
              + " sets for block [{}] (0 from local cache, {} from transient store, {} from other"
              + " peers). Will commit block with missing private write sets:[{}]",
          channelId,
          wanted,
          block,
          local,
          pulled,
          search.needed.keySet());
    }
  }

  private static MissingPrivateData missing(PrivateDataKey key) {
    return new MissingPrivateData(key.block(), key.tx(), key.namespace(), key.collection());
  }

  private static SortedMap<Integer, TxPvtReadWriteSet> assemble(
      Map<PrivateDataKey, ByteString> found) {
    Map<Integer, Map<String, NsPvtReadWriteSet.Builder>> byTransaction = new TreeMap<>();
    found.forEach(
        (key, writes) ->
            byTransaction
                .computeIfAbsent(key.tx(), tx -> new LinkedHashMap<>())
                .computeIfAbsent(
                    key.namespace(), name -> NsPvtReadWriteSet.newBuilder().setNamespace(name))
                .addCollectionPvtRwset(
                    CollectionPvtReadWriteSet.newBuilder()
                        .setCollectionName(key.collection())
                        .setRwset(writes)));
    SortedMap<Integer, TxPvtReadWriteSet> sets = new TreeMap<>();
    byTransaction.forEach(
        (tx, namespaces) -> {
          TxPvtReadWriteSet.Builder set = TxPvtReadWriteSet.newBuilder();
          namespaces.values().forEach(set::addNsPvtRwset);
          sets.put(tx, set.build());
        });
    return sets;
  }
}
