package org.blockraft.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.intake.BlockVerifier;
import org.blockraft.intake.VerifiedBlock;
import org.blockraft.ledger.CommittedBlock;
import org.blockraft.ledger.Ledger;
import org.blockraft.ledger.LedgerException;
import org.blockraft.ledger.PrivateDataSource;
import org.blockraft.validate.ConfigApplier;
import org.blockraft.validate.ParsedTransaction;
import org.blockraft.validate.ValidatedBlock;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockMetadataIndex;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Metadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block flow of one channel on a node that follows: another node has verified each block and
 * decided its flags, this one checks that it is the next and undamaged, decides MVCC and commits.
 * One thread.
 *
 * <p>Invariant: the same flags and commit hash come out as on every other node; a difference stops
 * the channel.
 */
public final class FollowerPipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FollowerPipeline.class);

  private static final long POLL_MILLIS = 200;
  private static final long STOP_MILLIS = 10_000;

  private final Ledger ledger;
  private final Supplier<ChannelConfig> config;
  private final ConfigApplier applier;
  private final PrivateDataSource siblings;
  private final PreparedBlocks prepared;
  private final Consumer<Throwable> onFailure;
  private final BlockingQueue<DecidedBlock> queue;
  private final Thread thread;
  private byte[] lastHash;
  private volatile boolean closed;

  public FollowerPipeline(
      Ledger ledger,
      BlockingQueue<DecidedBlock> queue,
      Supplier<ChannelConfig> config,
      ConfigApplier applier,
      PrivateDataSource siblings,
      PreparedBlocks prepared,
      Consumer<Throwable> onFailure) {
    this.ledger = ledger;
    this.queue = queue;
    this.config = config;
    this.applier = applier;
    this.siblings = siblings.until(() -> closed);
    this.prepared = prepared;
    this.onFailure = onFailure;
    this.thread =
        Thread.ofPlatform().name("follow-" + ledger.channelId()).unstarted(this::runUntilClosed);
  }

  public void start() {
    lastHash = ledger.lastHash();
    thread.start();
  }

  private void runUntilClosed() {
    try {
      while (!closed) {
        DecidedBlock block = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (block != null && block.number() >= ledger.nextBlock()) {
          commit(block);
        } else if (queue.isEmpty()) {
          ledger.force(); // what waited for blocks that turned out to be here already
        }
      }
      ledger.force();
    } catch (InterruptedException e) {
      LOG.debug("[{}] follow ends", ledger.channelId());
    } catch (RuntimeException | Error e) {
      if (!closed) {
        LOG.error("[{}] The channel stops: {}", ledger.channelId(), e.getMessage(), e);
        onFailure.accept(e);
      }
    }
  }

  private void commit(DecidedBlock decided) {
    long number = decided.number();
    PreparedBlock parsed = prepared.take(number, decided.body());
    VerifiedBlock block =
        BlockVerifier.linked(
            parsed.block(), decided.body(), ledger.nextBlock(), lastHash, config.get());
    List<ParsedTransaction> transactions = parsed.transactions();
    boolean stored = decided.flags().isEmpty();
    byte[] flags = (stored ? storedFlags(block.block()) : decided.flags()).toByteArray();
    if (flags.length != transactions.size()) {
      throw new LedgerException(
          "block %d came with %d flags for %d transactions"
              .formatted(number, flags.length, transactions.size()));
    }
    ValidatedBlock validated = new ValidatedBlock(block, flags, transactions);
    applyConfig(validated);
    PrivateDataSource privateData =
        decided.privateData().isEmpty()
            ? siblings
            : new CarriedPrivateData(decided.privateData(), siblings);
    CommittedBlock committed = ledger.commit(validated, privateData, !queue.isEmpty());
    lastHash = block.headerHash();
    if (stored) {
      checkSame(block.block(), committed);
    }
  }

  private void applyConfig(ValidatedBlock block) {
    for (int i = 0; i < block.flags().length; i++) {
      ParsedTransaction transaction = block.transactions().get(i);
      if (block.flags()[i] == 0 && transaction.type() == ParsedTransaction.CONFIG) {
        try {
          applier.apply(ConfigEnvelope.parseFrom(transaction.data()));
        } catch (InvalidProtocolBufferException e) {
          throw new LedgerException("a configuration that was valid does not parse", e);
        }
      }
    }
  }

  private static ByteString storedFlags(Block block) {
    return slot(block, BlockMetadataIndex.TRANSACTIONS_FILTER);
  }

  private static ByteString slot(Block block, BlockMetadataIndex index) {
    return block.getMetadata().getMetadataCount() > index.getNumber()
        ? block.getMetadata().getMetadata(index.getNumber())
        : ByteString.EMPTY;
  }

  /** A stored block brings the flags and the commit hash that the other node has. */
  private static void checkSame(Block theirs, CommittedBlock ours) {
    byte[] hash;
    try {
      hash =
          Metadata.parseFrom(slot(theirs, BlockMetadataIndex.COMMIT_HASH)).getValue().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new LedgerException("the commit hash of a stored block does not parse", e);
    }
    if (!Arrays.equals(storedFlags(theirs).toByteArray(), ours.flags())
        || !Arrays.equals(hash, ours.commitHash())) {
      throw new LedgerException(
          "block %d has other flags or another commit hash on another node"
              .formatted(ours.number()));
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      // Not interrupted: what it writes is best finished.
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
