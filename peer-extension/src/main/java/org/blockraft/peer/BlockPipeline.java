package org.blockraft.peer;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.BlockSink;
import org.blockraft.intake.OrdererSource;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.state.StateSnapshot;
import org.blockraft.validate.BlockValidator;
import org.blockraft.validate.ConfigApplier;
import org.blockraft.validate.PendingVerdict;
import org.blockraft.validate.ValidatedBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block flow of one channel, one thread a stage:
 *
 * <pre>orderer -> intake -> [received] -> verify -> [verified] -> decide and commit</pre>
 *
 * <p>Block h+1 is verified while h is decided and written. Both queues are bounded; a full one
 * makes its writer wait. Invariant: blocks pass in number order. The first failure of any stage
 * stops the channel, never a transaction's flag, and is reported once.
 */
final class BlockPipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockPipeline.class);

  /** Blocks whose signatures are being verified, or that wait to be decided. */
  private static final int VERIFIED_MAX = 8;

  /** How long a committed block waits to be forced to the disk together with the next one. */
  private static final Duration FORCE_DELAY = Duration.ofMillis(10);

  private static final long POLL_MILLIS = 200;
  private static final long STOP_MILLIS = 10_000;

  private final String channelId;
  private final Ledger ledger;
  private final BlockValidator validator;
  private final Supplier<ChannelConfig> config;
  private final ConfigApplier applier;
  private final Consumer<Throwable> onFailure;
  private final BlockFlow flow;
  private final PrivateDataSource privateData;
  private final BlockingQueue<VerifiedBlock> received;
  private final BlockingQueue<PendingVerdict> verified = new ArrayBlockingQueue<>(VERIFIED_MAX);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread verifyThread;
  private final Thread commitThread;
  private Thread intakeThread;
  private OrdererSource source;
  private volatile boolean closed;

  /**
   * @param flow hears of each block when it arrives and when its flags are decided
   * @param privateData other nodes that may have what the transient store lacks
   * @param onFailure hears of the failure that stopped the channel, once
   */
  BlockPipeline(
      Ledger ledger,
      BlockValidator validator,
      Supplier<ChannelConfig> config,
      ConfigApplier applier,
      int blocksAhead,
      BlockFlow flow,
      PrivateDataSource privateData,
      Consumer<Throwable> onFailure) {
    this.flow = flow;
    this.privateData = privateData.until(() -> closed);
    this.channelId = ledger.channelId();
    this.ledger = ledger;
    this.validator = validator;
    this.config = config;
    this.applier = applier;
    this.onFailure = onFailure;
    this.received = new ArrayBlockingQueue<>(blocksAhead);
    this.verifyThread = stage("verify", this::verify);
    this.commitThread = stage("commit", this::commit);
  }

  /** Blocks that wait to be verified. */
  int received() {
    return received.size();
  }

  /** Verified blocks that wait to be decided. */
  int verified() {
    return verified.size();
  }

  /** A stage of the pipeline, which may be interrupted at any wait. */
  private interface Stage {
    void run() throws InterruptedException;
  }

  private Thread stage(String name, Stage work) {
    return Thread.ofPlatform()
        .name(name + "-" + channelId)
        .unstarted(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                LOG.debug("[{}] {} ends", channelId, name);
              } catch (RuntimeException | Error e) {
                fail(e);
              }
            });
  }

  /** Where the orderer source hands its blocks. */
  BlockSink sink() {
    return block -> {
      flow.arrived(block);
      received.put(block);
    };
  }

  /** Starts all stages, pulling from {@code source}. */
  void start(OrdererSource source) {
    this.source = source;
    intakeThread = stage("intake", source::run);
    verifyThread.start();
    commitThread.start();
    intakeThread.start();
  }

  private void verify() throws InterruptedException {
    while (!closed) {
      VerifiedBlock block = received.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (block != null) {
        verified.put(validator.begin(block, config.get()));
      }
    }
  }

  private void commit() throws InterruptedException {
    while (!closed) {
      PendingVerdict pending = verified.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (pending != null) {
        if (!pending.isReadyWithin(FORCE_DELAY)) {
          ledger.force();
        }
        ValidatedBlock block;
        try (StateSnapshot committed = ledger.snapshot()) {
          block = validator.decide(pending.await(), config.get(), committed, applier);
        }
        flow.decided(block);
        ledger.commit(block, privateData, !verified.isEmpty());
        flow.awaitRoom(() -> closed);
      }
    }
    ledger.force();
  }

  private void fail(Throwable cause) {
    if (closed || !failure.compareAndSet(null, cause)) {
      return;
    }
    LOG.error("[{}] The channel stops: {}", channelId, cause.getMessage(), cause);
    closed = true;
    if (source != null) {
      source.close();
    }
    onFailure.accept(cause);
  }

  @Override
  public void close() {
    closed = true;
    if (source == null) {
      return;
    }
    source.close();
    for (Thread thread : new Thread[] {intakeThread, verifyThread}) {
      thread.interrupt();
    }
    try {
      // Not interrupted: what it writes is best finished.
      commitThread.join(STOP_MILLIS);
      verifyThread.join(STOP_MILLIS);
      intakeThread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
