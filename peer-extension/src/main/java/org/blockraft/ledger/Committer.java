package org.blockraft.ledger;

import com.google.protobuf.UnsafeByteOperations;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.blockraft.intake.BlockHeaders;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.merkle.ChangeSet;
import org.blockraft.mvcc.CommitHash;
import org.blockraft.mvcc.Mvcc;
import org.blockraft.mvcc.MvccOutcome;
import org.blockraft.mvcc.PrivateWriteSets;
import org.blockraft.mvcc.PurgedKey;
import org.blockraft.state.KeyValueBatch;
import org.blockraft.state.Namespaces;
import org.blockraft.state.StateSnapshot;
import org.blockraft.state.StateUpdates;
import org.blockraft.state.StateView;
import org.blockraft.validate.ParsedTransaction;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.ledger.rwset.TxPvtReadWriteSet;
import org.hyperledger.fabric.protos.peer.CollectionConfig;
import org.hyperledger.fabric.protos.peer.CollectionConfigPackage;
import org.hyperledger.fabric.protos.peer.StaticCollectionConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes blocks and what follows from them, in this order: private data (durable, if there is any),
 * the block (durable), then state, history and index as one. Each step can be lost by a crash as
 * long as those before it are not.
 *
 * <p>Invariants: blocks are taken in number order, each linked to the one before; flags, state and
 * commit hash depend only on the block and the state before it, which replay checks.
 *
 * <p>Owned by the committing thread. Fabric: core/ledger/kvledger/kv_ledger.go commit.
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final byte[] NO_HASH = {};

  private final ChannelStore store;
  private final LedgerSettings settings;
  private final PrivateDataCollector collector;
  private final LedgerMetrics metrics;
  private final Consumer<CommitStep> steps;
  private long height;
  private byte[] lastHash = NO_HASH;
  private byte[] commitHash = NO_HASH;
  private boolean broken;

  Committer(
      ChannelStore store,
      LedgerSettings settings,
      PrivateDataCollector collector,
      LedgerMetrics metrics,
      Consumer<CommitStep> steps) {
    this.store = store;
    this.settings = settings;
    this.collector = collector;
    this.metrics = metrics;
    this.steps = steps;
  }

  long height() {
    return height;
  }

  /** Takes no more blocks, since something went wrong that only opening again can mend. */
  void fail() {
    broken = true;
  }

  byte[] lastHash() {
    return lastHash;
  }

  byte[] commitHash() {
    return commitHash;
  }

  /** Durations of the steps of one commit, and what to announce. */
  record Written(CommittedBlock block, CollectedPrivateData privateData, Timings timings) {}

  private static final class Timings {
    final long started = System.nanoTime();
    long decided;
    long privateWritten;
    long blockWritten;
    long stateWritten;
  }

  /** Continues from the newest block that the state includes. */
  void resume() {
    height = store.state.height();
    if (height > 0) {
      Block last = BlockPayload.parse(store.payload(height - 1));
      lastHash = BlockHeaders.headerHash(last.getHeader());
      commitHash = BlockMetadataSlots.commitHash(last);
    }
    for (BlockFile.Found found : store.file.found()) {
      replay(found);
    }
  }

  /** Makes state, history and index of a block that is only in the block file. */
  private void replay(BlockFile.Found found) {
    byte[] payload = store.file.read(found.number(), found.location());
    Block block = BlockPayload.parse(payload);
    byte[] headerHash = BlockHeaders.headerHash(block.getHeader());
    checkOrder(block);
    LOG.info("[{}] Recommitting lost block [{}]", store.channelId, found.number());
    byte[] flags = BlockMetadataSlots.flags(block);
    byte[] stored = BlockMetadataSlots.commitHash(block);
    ValidatedBlock validated =
        ValidatedBlock.withFlags(
            new VerifiedBlock(block, UnsafeByteOperations.unsafeWrap(payload), headerHash),
            flags.clone());
    try (StateSnapshot before = store.state.snapshot()) {
      boolean recorded = store.privateData.height() > found.number();
      CollectedPrivateData privateData = recorded ? recorded(found.number()) : nothing();
      MvccOutcome outcome =
          Mvcc.decide(validated, before, new PrivateWriteSets(privateData.writeSets(), recorded));
      byte[] again = nextCommitHash(found.number(), outcome);
      if (!Arrays.equals(flags, outcome.flags()) || !Arrays.equals(stored, again)) {
        throw new LedgerException(
            "block %d of channel %s gave commitHash %s when it was committed, and gives %s now"
                .formatted(
                    found.number(),
                    store.channelId,
                    HexFormat.of().formatHex(stored),
                    HexFormat.of().formatHex(again)));
      }
      addPurges(outcome);
      BlockLocation location =
          new BlockLocation(
              found.location().segment(),
              found.location().offset(),
              found.location().length(),
              BlockPayload.of(payload, block).transactions());
      CommittedBlock committed =
          committed(block, headerHash, validated.transactions(), outcome, again);
      writeState(committed, location, outcome, before, recorded ? null : privateData);
      advance(committed);
    }
  }

  private void checkOrder(Block block) {
    long number = block.getHeader().getNumber();
    if (number != height) {
      throw new LedgerException(
          "block number should have been %d but was %s"
              .formatted(height, Long.toUnsignedString(number)));
    }
    byte[] previous = block.getHeader().getPreviousHash().toByteArray();
    if (height > 0 && !Arrays.equals(previous, lastHash)) {
      throw new LedgerException(
          ("unexpected Previous block hash. Expected PreviousHash = [%s], PreviousHash"
                  + " referred in the latest block= [%s]")
              .formatted(HexFormat.of().formatHex(lastHash), HexFormat.of().formatHex(previous)));
    }
  }

  /**
   * Commits a block as far as the state.
   *
   * @param force whether the block must be on the disk before its state is written
   */
  Written commit(ValidatedBlock validated, PrivateDataSource others, boolean force) {
    if (broken) {
      throw new LedgerException(
          "channel %s failed in a commit and must be opened again".formatted(store.channelId));
    }
    Block received = validated.block().block();
    checkOrder(received);
    try (StateSnapshot before = store.state.snapshot()) {
      boolean recorded = store.privateData.height() > height;
      CollectedPrivateData privateData =
          recorded ? recorded(height) : collector.collect(validated, before, others);
      Timings timings = new Timings();
      MvccOutcome outcome =
          Mvcc.decide(validated, before, new PrivateWriteSets(privateData.writeSets(), recorded));
      timings.decided = System.nanoTime();
      steps.accept(CommitStep.DECIDED);
      byte[] hash = nextCommitHash(height, outcome);
      broken = true;
      addPurges(outcome);
      boolean separately = !recorded && (!privateData.isEmpty() || !outcome.purges().isEmpty());
      if (separately) {
        writePrivateData(before, privateData, outcome);
      }
      timings.privateWritten = System.nanoTime();
      Block block = BlockMetadataSlots.fill(received, outcome.flags(), hash);
      BlockLocation location =
          store.file.append(
              height,
              BlockPayload.of(
                  block.getHeader(),
                  block.getData().getDataList(),
                  block.getMetadata().getMetadataList()));
      steps.accept(CommitStep.BLOCK_APPENDED);
      if (force) {
        store.file.force();
      }
      timings.blockWritten = System.nanoTime();
      steps.accept(CommitStep.BLOCK_FORCED);
      CommittedBlock committed =
          committed(block, validated.block().headerHash(), validated.transactions(), outcome, hash);
      writeState(committed, location, outcome, before, recorded || separately ? null : nothing());
      timings.stateWritten = System.nanoTime();
      steps.accept(CommitStep.STATE_WRITTEN);
      advance(committed);
      metrics.transactions(validated.transactions(), validated.flags(), outcome.flags());
      broken = false;
      return new Written(committed, privateData, timings);
    }
  }

  private static CommittedBlock committed(
      Block block,
      byte[] headerHash,
      List<ParsedTransaction> transactions,
      MvccOutcome outcome,
      byte[] hash) {
    return new CommittedBlock(
        block, headerHash, transactions, outcome.flags(), hash, outcome.publicAndHashed());
  }

  /** Stock gives a hash from block 1 on, and none ever if some block before has none. */
  private byte[] nextCommitHash(long number, MvccOutcome outcome) {
    return number == 1 || commitHash.length > 0
        ? CommitHash.next(commitHash, outcome.flags(), outcome.updatesBytes())
        : NO_HASH;
  }

  private CollectedPrivateData recorded(long block) {
    TreeMap<Integer, TxPvtReadWriteSet> sets = new TreeMap<>();
    for (TxPrivateData set : store.privateData.ofBlock(block, CollectionFilter.ALL)) {
      sets.put(set.tx(), set.writeSet());
    }
    return new CollectedPrivateData(sets, List.of(), List.of(), List.of());
  }

  private static CollectedPrivateData nothing() {
    return new CollectedPrivateData(new TreeMap<>(), List.of(), List.of(), List.of());
  }

  private void writePrivateData(
      StateView before, CollectedPrivateData privateData, MvccOutcome outcome) {
    List<PurgeMarker> purges =
        outcome.purges().stream()
            .map(
                purge ->
                    new PurgeMarker(
                        (int) purge.version().tx(),
                        purge.namespace(),
                        purge.collection(),
                        purge.keyHash()))
            .toList();
    try (KeyValueBatch batch = store.keyValues.batch()) {
      store.privateData.add(height, before, privateData, purges, batch);
      store.keyValues.write(batch, true);
    }
    store.privateData.added(height);
    steps.accept(CommitStep.PRIVATE_DATA_WRITTEN);
  }

  /**
   * Removes purged plain keys from the state, unless a later transaction of the block writes them.
   */
  private void addPurges(MvccOutcome outcome) {
    for (PurgedKey purge : outcome.purges()) {
      Optional<byte[]> key =
          store.privateData.plainKey(purge.namespace(), purge.collection(), purge.keyHash());
      if (key.isEmpty()) {
        continue;
      }
      String namespace = Namespaces.pvt(purge.namespace(), purge.collection());
      StateUpdates.Update update = outcome.privateUpdates().get(namespace, key.get());
      if (update == null || update.version().compareTo(purge.version()) < 0) {
        outcome.privateUpdates().delete(namespace, key.get(), purge.version());
      }
    }
  }

  private void writeState(
      CommittedBlock block,
      BlockLocation location,
      MvccOutcome outcome,
      StateView before,
      CollectedPrivateData privateData) {
    StateUpdates updates = outcome.publicAndHashed();
    StateUpdates plain = outcome.privateUpdates();
    SortedSet<String> changed = CollectionConfigs.changedBy(updates);
    try (KeyValueBatch batch = store.keyValues.batch()) {
      store.expiry.schedule(before, updates, plain, batch);
      store.expiry.expire(height, before, updates, plain, batch);
      store.state.apply(updates, batch);
      store.state.apply(plain, height + 1, batch);
      Optional<ChangeSet> leaves = store.tree.map(tree -> tree.prepare(updates, height + 1, batch));
      store.index.add(
          height,
          block.headerHash(),
          location,
          block.transactions().stream().map(tx -> tx.indexTxId().orElse("")).toList(),
          block.flags(),
          batch);
      if (settings.historyEnabled()) {
        store.history.add(height, block.transactions(), block.flags(), batch);
      }
      if (privateData != null) {
        store.privateData.add(height, before, privateData, List.of(), batch);
      }
      addCollections(changed, before, updates, batch);
      store.keyValues.write(batch, false);
      leaves.ifPresent(changes -> store.tree.orElseThrow().committed(height + 1, changes));
    }
    store.configs.forget(changed);
    if (privateData != null) {
      store.privateData.added(height);
    }
  }

  private void addCollections(
      SortedSet<String> changed, StateView before, StateUpdates updates, KeyValueBatch batch) {
    for (String chaincode : changed) {
      CollectionConfigPackage now = CollectionConfigs.after(before, updates, chaincode);
      if (now.getConfigCount() == 0) {
        continue;
      }
      store.collectionHistory.add(height, chaincode, now, batch);
      CollectionConfigPackage then = store.configs.ofChaincode(before, chaincode);
      for (CollectionConfig config : now.getConfigList()) {
        StaticCollectionConfig collection = config.getStaticCollectionConfig();
        boolean member = store.configs.isMember(collection);
        Optional<StaticCollectionConfig> old = CollectionConfigs.find(then, collection.getName());
        if (member && old.isPresent() && !store.configs.isMember(old.get())) {
          store.cleaner.becomeMember(height, chaincode, collection.getName());
        }
      }
    }
  }

  private void advance(CommittedBlock block) {
    lastHash = block.headerHash();
    commitHash = block.commitHash();
    height = block.number() + 1;
  }

  /** What can be forgotten once a block is published. */
  void tidy(Written written) {
    long number = written.block().number();
    if (!written.privateData().writeSets().isEmpty()) {
      store.transientStore.purgeByTxIds(written.privateData().txIds());
    }
    long retention = settings.transientRetentionBlocks();
    if (number % retention == 0 && number > retention) {
      store.transientStore.purgeBelowHeight(number - retention);
    }
    if (number % settings.purgeIntervalBlocks() == 0) {
      store.cleaner.clean(number);
    }
  }

  /** Logs the line that operators know, and fills the meters. */
  void report(Written written) {
    Timings timings = written.timings();
    long done = System.nanoTime();
    CommittedBlock block = written.block();
    LOG.info(
        "[{}] Committed block [{}] with {} transaction(s) in {}ms (state_validation={}ms"
            + " block_and_pvtdata_commit={}ms state_commit={}ms) commitHash=[{}]",
        store.channelId,
        block.number(),
        block.flags().length,
        millis(done - timings.started),
        millis(timings.decided - timings.started),
        millis(timings.blockWritten - timings.decided),
        millis(timings.stateWritten - timings.blockWritten),
        HexFormat.of().formatHex(block.commitHash()));
    metrics.durations(
        timings.decided - timings.started,
        timings.blockWritten - timings.decided,
        timings.blockWritten - timings.privateWritten,
        timings.stateWritten - timings.blockWritten);
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
