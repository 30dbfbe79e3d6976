package org.blockraft.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.simulation.HistoryReader;
import org.blockraft.state.StateSnapshot;
import org.blockraft.validate.CommittedTxIds;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockchainInfo;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.ProcessedTransaction;

/**
 * One channel's chain and state. Reads are safe for any thread; one thread commits.
 *
 * <p>Invariant: whoever sees a block, its transactions or its height also sees its state, and the
 * block is on the disk. In a cluster it has been announced too: enough other nodes have it.
 *
 * <p>Fabric: core/ledger/kvledger/kv_ledger.go.
 */
public final class Ledger implements CommittedTxIds, AutoCloseable {

  /** Blocks that may share one force to disk; bounds what a power failure makes us fetch again. */
  static final int GROUP_BLOCKS_MAX = 32;

  private static final long LAST_BLOCK = -1;

  /** The first block comes from whoever joined the channel and needs nobody else. */
  private static final long GENESIS_HEIGHT = 1;

  private final ChannelStore store;
  private final LedgerSettings settings;
  private final VisibleHeight visible = new VisibleHeight();
  private final RecentBlocks recent = new RecentBlocks();
  private final CommitNotifier notifier = new CommitNotifier(this::position);
  private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();
  private final LedgerMetrics metrics;
  private final Optional<TreeMetrics> treeMetrics;
  private final Committer committer;
  private final Consumer<CommitStep> steps;
  private final ReentrantLock commitLock = new ReentrantLock();
  private final List<Committer.Written> unforced = new ArrayList<>();

  /** Guards what follows; taken after {@link #commitLock} where both are needed. */
  private final ReentrantLock showLock = new ReentrantLock();

  /** On the disk and not announced yet; bounded by whoever commits. */
  private final Deque<Committer.Written> held = new ArrayDeque<>();

  private long announced;
  private volatile DurableTip durable;
  private volatile Consumer<DurableTip> onDurable = tip -> {};
  private final Runnable onClose;
  private volatile Tip tip;
  private boolean closed;

  /** The newest visible block. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares tips
  private record Tip(BlockchainInfo info, byte[] commitHash) {}

  /**
   * Opens the channel's ledger and replays what its state lacks.
   *
   * @param steps told of each step of a commit
   * @param onClose run when the ledger is closed
   */
  Ledger(
      ChannelStore store,
      LedgerSettings settings,
      MeterRegistry meters,
      PrivateDataCollector.Timing timing,
      Consumer<CommitStep> steps,
      Runnable onClose) {
    this.store = store;
    this.settings = settings;
    this.steps = steps;
    this.onClose = onClose;
    this.metrics = new LedgerMetrics(meters, store.channelId, visible);
    this.treeMetrics = store.tree.map(tree -> new TreeMetrics(meters, store.channelId, tree));
    PrivateDataCollector collector =
        new PrivateDataCollector(
            store.channelId,
            settings,
            store.configs,
            store.transientStore,
            timing,
            metrics.privateDataFetch());
    this.committer = new Committer(store, settings, collector, metrics, steps);
    committer.resume();
    ByteString previous =
        committer.height() == 0
            ? ByteString.EMPTY
            : BlockPayload.parse(store.payload(committer.height() - 1))
                .getHeader()
                .getPreviousHash();
    show(committer.height(), committer.lastHash(), previous, committer.commitHash());
    durable = new DurableTip(committer.height(), committer.commitHash());
    announced =
        settings.announcedByOthers()
            ? Math.max(GENESIS_HEIGHT, committer.height())
            : Long.MAX_VALUE;
  }

  private void show(long height, byte[] hash, ByteString previous, byte[] commitHash) {
    tip =
        new Tip(
            BlockchainInfo.newBuilder()
                .setHeight(height)
                .setCurrentBlockHash(ByteString.copyFrom(hash))
                .setPreviousBlockHash(previous)
                .build(),
            commitHash);
    visible.raise(height);
  }

  public String channelId() {
    return store.channelId;
  }

  /** Number of visible blocks. */
  public long height() {
    return visible.height();
  }

  /** Number of blocks that are committed, including those whose group is not on the disk yet. */
  public long nextBlock() {
    return committer.height();
  }

  public BlockchainInfo info() {
    return tip.info();
  }

  /**
   * A block with this peer's metadata.
   *
   * @param number the largest unsigned number means the last block
   * @throws LedgerException with stock's text if there is no such block
   */
  public Block blockByNumber(long number) {
    long height = visible.height();
    long wanted = number == LAST_BLOCK ? height - 1 : number;
    if (Long.compareUnsigned(wanted, height) >= 0) {
      throw new LedgerException(
          "no such block number [%s] in index".formatted(Long.toUnsignedString(wanted)));
    }
    return recent.get(wanted).orElseGet(() -> BlockPayload.parse(store.payload(wanted)));
  }

  /** The block with that header hash; throws {@link LedgerException} with stock's text. */
  public Block blockByHash(byte[] headerHash) {
    OptionalLong number = store.index.number(headerHash);
    if (number.isEmpty() || number.getAsLong() >= visible.height()) {
      throw new LedgerException(
          "no such block hash [%s] in index".formatted(HexFormat.of().formatHex(headerHash)));
    }
    return blockByNumber(number.getAsLong());
  }

  /** The block where the id first occurs; throws {@link LedgerException} with stock's text. */
  public Block blockByTxId(String txId) {
    return blockByNumber(existing(txId).block());
  }

  /** The transaction where the id first occurs; throws as {@link #blockByTxId}. */
  public ProcessedTransaction transactionById(String txId) {
    TxPosition position = existing(txId);
    return ProcessedTransaction.newBuilder()
        .setTransactionEnvelope(envelope(position.block(), position.tx()))
        .setValidationCode(position.code().getNumber())
        .build();
  }

  /** A transaction by its place; throws {@link LedgerException} with stock's text. */
  public Envelope envelope(long block, int tx) {
    try {
      return Envelope.parseFrom(store.envelope(block, tx));
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("error unmarshalling Envelope: " + e.getMessage(), e);
    }
  }

  private TxPosition existing(String txId) {
    return position(txId)
        .orElseThrow(
            () -> new LedgerException("no such transaction ID [%s] in index".formatted(txId)));
  }

  /** Where the id first occurs in visible blocks; empty if nowhere. */
  public Optional<TxPosition> position(String txId) {
    return store.index.position(txId).filter(found -> found.block() < visible.height());
  }

  /** Whether the id occurs in a block whose state is written, visible or about to be. */
  @Override
  public boolean exists(String txId) {
    return store.index.position(txId).isPresent();
  }

  /** The state after the newest committed block; the caller closes it. */
  public StateSnapshot snapshot() {
    return store.state.snapshot();
  }

  /** Past values of keys; null if the history is disabled. */
  public HistoryReader history() {
    return settings.historyEnabled() ? store.history : null;
  }

  /** Blocks from the given one on, waiting at the end. */
  public BlockCursor blocks(long from) {
    return new BlockCursor(this, visible, from);
  }

  public CommitNotifier notifier() {
    return notifier;
  }

  /** The Merkle tree over the state; empty if none is kept. */
  public Optional<TreePipeline> tree() {
    return store.tree;
  }

  public TransientStore transientStore() {
    return store.transientStore;
  }

  public PrivateDataStore privateData() {
    return store.privateData;
  }

  public CollectionHistory collectionHistory() {
    return store.collectionHistory;
  }

  /** The newest visible block's commit hash; empty before block 1. */
  public byte[] commitHash() {
    return tip.commitHash().clone();
  }

  /** The serialized bytes of a block on the disk; throws {@link LedgerException}. */
  public byte[] durableBytes(long number) {
    if (number >= durable.height()) {
      throw new LedgerException(
          "no such block number [%s] in index".formatted(Long.toUnsignedString(number)));
    }
    return store.payload(number);
  }

  /** Whether so many blocks are visible, after waiting for it at most so long, or until closed. */
  public boolean awaitVisible(long height, Duration wait) throws InterruptedException {
    return visible.await(height - 1, wait, () -> false);
  }

  /** The header hash of the newest committed block; empty if there is none. */
  public byte[] lastHash() {
    return committer.lastHash().clone();
  }

  /** Adds a listener of blocks committed from now on. */
  public void addListener(CommitListener listener) {
    listeners.add(listener);
  }

  /** Commits a block that no other follows at once, asking nobody for private data. */
  public CommittedBlock commit(ValidatedBlock block) {
    return commit(block, PrivateDataSource.NONE, false);
  }

  /**
   * Commits the next block. On return its state is written; the block is visible and on the disk
   * unless more follow, in which case a later commit or {@link #force} makes it so.
   *
   * @param others asked for private data that the transient store lacks
   * @param moreFollow whether the caller has the next block at hand, so that both may share one
   *     force to disk
   * @throws LedgerException if the block does not follow the last one, with stock's text
   * @throws RuntimeException if the commit failed; the ledger must then be opened again
   */
  public CommittedBlock commit(ValidatedBlock block, PrivateDataSource others, boolean moreFollow) {
    commitLock.lock();
    try {
      checkOpen();
      boolean group = moreFollow && unforced.size() + 1 < GROUP_BLOCKS_MAX;
      Committer.Written written = committer.commit(block, others, !group);
      boolean done = false;
      try {
        for (CommitListener listener : listeners) {
          listener.committed(written.block());
        }
        unforced.add(written);
        if (!group) {
          publish();
        }
        done = true;
      } finally {
        if (!done) {
          committer.fail();
        }
      }
      return written.block();
    } finally {
      commitLock.unlock();
    }
  }

  /** Makes all committed blocks durable and visible. */
  public void force() {
    commitLock.lock();
    try {
      checkOpen();
      if (!unforced.isEmpty()) {
        store.file.force();
        publish();
      }
    } finally {
      commitLock.unlock();
    }
  }

  private void publish() {
    for (Committer.Written written : unforced) {
      recent.add(written.block().block());
      committer.report(written);
      committer.tidy(written);
    }
    CommittedBlock last = unforced.getLast().block();
    showLock.lock();
    try {
      held.addAll(unforced);
      durable = new DurableTip(last.number() + 1, last.commitHash());
      showAnnounced();
    } finally {
      showLock.unlock();
    }
    unforced.clear();
    steps.accept(CommitStep.PUBLISHED);
    onDurable.accept(durable);
  }

  /**
   * Lets clients see the blocks below a height, at once or as soon as they are here. Only for a
   * ledger whose blocks others announce. A lower height than before has no effect.
   */
  public void announce(long height) {
    showLock.lock();
    try {
      announced = Math.max(announced, height);
      showAnnounced();
    } finally {
      showLock.unlock();
    }
  }

  private void showAnnounced() {
    while (!held.isEmpty() && held.getFirst().block().number() < announced) {
      CommittedBlock block = held.removeFirst().block();
      show(
          block.number() + 1,
          block.headerHash(),
          block.block().getHeader().getPreviousHash(),
          block.commitHash());
      // Waiters go on in a thread of their own, so that none of them can hold up the channel.
      Thread.ofVirtual().name("commit-notice").start(() -> notifier.committed(block));
    }
  }

  /** The newest block on the disk, announced or not. */
  public DurableTip durable() {
    return durable;
  }

  /**
   * Tells of each growth of what is on the disk, on the committing thread, which must not be held
   * up. One listener.
   */
  public void onDurable(Consumer<DurableTip> listener) {
    onDurable = listener;
  }

  private void checkOpen() {
    if (closed) {
      throw new LedgerException("the ledger of channel %s is closed".formatted(store.channelId));
    }
  }

  @Override
  public void close() {
    commitLock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      visible.close();
      notifier.close();
      metrics.close();
      treeMetrics.ifPresent(TreeMetrics::close);
      store.close();
    } finally {
      commitLock.unlock();
    }
    onClose.run();
  }
}
