package org.blockraft.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.blockraft.cluster.wire.StateRoot;
import org.blockraft.cluster.wire.StoredPrivate;
import org.blockraft.coordination.EventLoop;
import org.blockraft.coordination.Term;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.ledger.CollectionFilter;
import org.blockraft.ledger.DurableTip;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.ledger.TxPrivateData;
import org.blockraft.merkle.TreePipeline;
import org.blockraft.replication.ChannelReplica;
import org.blockraft.replication.DecidedBlock;
import org.blockraft.replication.FollowerPipeline;
import org.blockraft.replication.FrameSender;
import org.blockraft.replication.PreparedBlocks;
import org.blockraft.replication.ReplicatedChannel;
import org.blockraft.replication.StoredBlock;
import org.blockraft.validate.ValidatedBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel of a node in a cluster: runs the pipeline of the role that its replica decides on,
 * and tells the replica what happens. The replica lives on the loop, pipelines have threads of
 * their own, and changing from one to the other is done by one thread here, one change at a time.
 */
final class ClusteredChannel implements ReplicatedChannel, BlockFlow, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusteredChannel.class);

  /** More than the replica gives credit for. */
  private static final int DECIDED_MAX = 128;

  /** Blocks that this node may have on the disk and a majority lacks, before it waits for them. */
  private static final int AHEAD_MAX = 64;

  private static final Duration ROOM_POLL = Duration.ofMillis(200);
  private static final long LOOP_WAIT_SECONDS = 10;
  private static final long CLOSE_WAIT_SECONDS = 30;

  private final Channel channel;
  private final Ledger ledger;
  private final PrivateDataSource siblings;
  private final EventLoop loop;
  private final ChannelReplica replica;
  private final PreparedBlocks prepared = new PreparedBlocks();
  private final BlockingQueue<DecidedBlock> decided = new ArrayBlockingQueue<>(DECIDED_MAX);
  private final ExecutorService roles;
  private BlockPipeline leading;
  private FollowerPipeline following;
  private volatile boolean outvoted;
  private volatile boolean closed;

  /**
   * @param self this node's name
   * @param siblings other nodes of this peer that may have private data
   */
  ClusteredChannel(
      String self,
      Channel channel,
      PrivateDataSource siblings,
      FrameSender sender,
      EventLoop loop) {
    this.channel = channel;
    this.ledger = channel.ledger();
    this.siblings = siblings;
    this.loop = loop;
    this.roles =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("role-" + channel.channelId()).daemon().factory());
    this.replica = new ChannelReplica(self, this, sender, loop);
    ledger.onDurable(tip -> loop.execute(() -> replica.durable(tip)));
    follow();
  }

  ChannelReplica replica() {
    return replica;
  }

  Channel channel() {
    return channel;
  }

  PreparedBlocks prepared() {
    return prepared;
  }

  @Override
  public String channelId() {
    return channel.channelId();
  }

  @Override
  public DurableTip durable() {
    return ledger.durable();
  }

  @Override
  public long announced() {
    return ledger.height();
  }

  @Override
  public void lead(Term term) {
    changeRole(
        () -> {
          closePipelines();
          leading = channel.pull(this, siblings);
        });
  }

  @Override
  public void follow() {
    changeRole(
        () -> {
          if (following == null) {
            closePipelines();
            following = channel.take(decided, siblings, prepared);
          }
        });
  }

  private void changeRole(Runnable change) {
    roles.execute(
        () -> {
          try {
            if (!closed && channel.failure().isEmpty()) {
              change.run();
            }
          } catch (RuntimeException e) {
            LOG.error("[{}] The channel stops: {}", channelId(), e.getMessage(), e);
            channel.fail(e);
          }
        });
  }

  private void closePipelines() {
    if (leading != null) {
      leading.close();
      leading = null;
    }
    if (following != null) {
      following.close();
      following = null;
    }
    prepared.clear();
  }

  @Override
  public void prepare(long number, ByteString body) {
    prepared.add(number, body);
  }

  @Override
  public void append(DecidedBlock block) {
    if (!decided.offer(block)) {
      channel.fail(new IllegalStateException("more blocks came than credit was given for"));
    }
  }

  @Override
  public void read(long number, Consumer<StoredBlock> then) {
    Thread.ofVirtual()
        .name("feed-" + channelId())
        .start(
            () -> {
              StoredBlock block = stored(number);
              loop.execute(() -> then.accept(block));
            });
  }

  private StoredBlock stored(long number) {
    try {
      ByteString bytes = UnsafeByteOperations.unsafeWrap(ledger.durableBytes(number));
      List<StoredPrivate> privateData = new ArrayList<>();
      for (TxPrivateData set : ledger.privateData().ofBlock(number, CollectionFilter.ALL)) {
        privateData.add(
            StoredPrivate.newBuilder()
                .setTx(set.tx())
                .setWriteSet(set.writeSet().toByteString())
                .build());
      }
      return new StoredBlock(bytes, privateData);
    } catch (LedgerException e) {
      LOG.warn("[{}] Block {} cannot be read: {}", channelId(), number, e.getMessage());
      return null;
    }
  }

  @Override
  public void announce(long height) {
    ledger.announce(height);
  }

  @Override
  public List<StateRoot> roots() {
    Optional<TreePipeline> tree = ledger.tree();
    if (tree.isEmpty()) {
      return List.of();
    }
    long newest = tree.get().status().height();
    long round = newest - newest % TreePipeline.ROUND_BLOCKS;
    List<StateRoot> roots = new ArrayList<>();
    for (long height : round == newest ? new long[] {newest} : new long[] {round, newest}) {
      root(height)
          .ifPresent(
              hash -> roots.add(StateRoot.newBuilder().setHeight(height).setHash(hash).build()));
    }
    return roots;
  }

  @Override
  public Optional<ByteString> root(long height) {
    return ledger
        .tree()
        .flatMap(tree -> tree.recentRoot(height))
        .map(UnsafeByteOperations::unsafeWrap);
  }

  /**
   * A tree that went wrong is made anew from the state; until its root is that of the others this
   * node works for nobody.
   */
  @Override
  public void outvoted(boolean otherState) {
    if (otherState && !outvoted) {
      LOG.error(
          "[{}] Most nodes have another state than this one: it does no work until it has theirs",
          channelId());
      ledger.tree().ifPresent(TreePipeline::rebuild);
    } else if (!otherState && outvoted) {
      LOG.info("[{}] The state of this node is that of the others again", channelId());
    }
    outvoted = otherState;
  }

  /** Whether most members have another state. */
  boolean isOutvoted() {
    return outvoted;
  }

  @Override
  public void diverged(String evidence) {
    LOG.error("[{}] The channel stops: this node's state differs: {}", channelId(), evidence);
    channel.fail(new IllegalStateException("this node's state differs: " + evidence));
    roles.execute(this::closePipelines);
  }

  @Override
  public void arrived(VerifiedBlock block) throws InterruptedException {
    // Waits, so that other nodes have the block before they are asked to verify parts of it.
    CountDownLatch sent = new CountDownLatch(1);
    loop.execute(
        () -> {
          replica.arrived(block.number(), block.raw());
          sent.countDown();
        });
    while (!sent.await(LOOP_WAIT_SECONDS, TimeUnit.SECONDS)) {
      // No reason to stop the channel: so it looks after the whole process was stopped for a while.
      LOG.warn("[{}] The cluster's loop hangs", channelId());
    }
  }

  @Override
  public void decided(ValidatedBlock block) {
    ByteString flags = UnsafeByteOperations.unsafeWrap(block.flags());
    loop.execute(() -> replica.decided(block.number(), flags));
  }

  @Override
  public void awaitRoom(BooleanSupplier ended) throws InterruptedException {
    boolean room = false;
    while (!ended.getAsBoolean() && !room) {
      room = ledger.awaitVisible(ledger.durable().height() - AHEAD_MAX, ROOM_POLL);
    }
  }

  @Override
  public void close() {
    roles.execute(this::closePipelines);
    closed = true;
    roles.shutdown();
    try {
      if (!roles.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("[{}] The block flow does not end", channelId());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
