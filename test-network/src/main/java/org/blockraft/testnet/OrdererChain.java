package org.blockraft.testnet;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.ConfigException;
import org.blockraft.identity.ConfigUpdates;
import org.blockraft.identity.Signer;
import org.blockraft.intake.BlockHeaders;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.BlockData;
import org.hyperledger.fabric.protos.common.BlockHeader;
import org.hyperledger.fabric.protos.common.BlockMetadata;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.LastConfig;
import org.hyperledger.fabric.protos.common.Metadata;
import org.hyperledger.fabric.protos.common.MetadataSignature;
import org.hyperledger.fabric.protos.common.OrdererBlockMetadata;
import org.hyperledger.fabric.protos.common.SignatureHeader;
import org.hyperledger.fabric.protos.orderer.BatchSize;
import org.hyperledger.fabric.protos.orderer.BatchTimeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel of the development orderer: a single thread takes envelopes from a bounded queue,
 * cuts blocks, signs and stores them. There is no consensus; this is no orderer for production.
 */
final class OrdererChain implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrdererChain.class);

  /** Envelopes waiting for the chain thread; a broadcast waits when it is full. */
  private static final int QUEUE_MAX = 2000;

  private static final Duration ENQUEUE_TIMEOUT = Duration.ofSeconds(10);
  private static final long IDLE_POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** An envelope to order; {@code config} is set for configuration updates. */
  private record Message(ByteString envelope, boolean config) {}

  private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final BatchCutter cutter = new BatchCutter();
  private final OrdererBlockFile blocks;
  private final Signer signer;
  private final InstantSource clock;
  private final Object grown = new Object();
  private final Thread thread;
  private volatile ChannelConfig config;
  private volatile boolean closed;
  private long lastConfig;
  private BlockHeader tip;

  OrdererChain(Path file, Block genesis, Signer signer, InstantSource clock) {
    this.signer = signer;
    this.clock = clock;
    this.blocks = new OrdererBlockFile(file);
    if (blocks.height() == 0) {
      blocks.append(genesis);
    }
    Block last = blocks.block(blocks.height() - 1);
    this.tip = last.getHeader();
    this.lastConfig = tip.getNumber() == 0 ? 0 : BlockHeaders.lastConfigIndex(last);
    this.config = ChannelConfig.fromBlock(blocks.block(lastConfig));
    this.thread = Thread.ofPlatform().name("orderer-" + config.channelId()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  ChannelConfig config() {
    return config;
  }

  long height() {
    return blocks.height();
  }

  Block block(long number) {
    return blocks.block(number);
  }

  /** Waits until the chain has more than {@code number} blocks; false when the time is over. */
  boolean awaitBlock(long number, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    synchronized (grown) {
      while (blocks.height() <= number && !closed) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        grown.wait(left);
      }
    }
    return !closed;
  }

  /** Hands an envelope to the chain thread; false when the queue stayed full. */
  boolean order(ByteString envelope, boolean isConfigUpdate) throws InterruptedException {
    return queue.offer(
        new Message(envelope, isConfigUpdate), ENQUEUE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    long deadline = 0;
    while (!closed) {
      try {
        long wait = deadline == 0 ? IDLE_POLL_NANOS : deadline - System.nanoTime();
        Message message = wait > 0 ? queue.poll(wait, TimeUnit.NANOSECONDS) : null;
        if (message == null) {
          if (deadline != 0 && System.nanoTime() >= deadline) {
            append(cutter.cut());
            deadline = 0;
          }
        } else if (message.config()) {
          append(cutter.cut());
          deadline = 0;
          configure(message.envelope());
        } else {
          BatchCutter.Cut cut = cutter.add(message.envelope(), limits());
          cut.batches().forEach(this::append);
          if (!cut.batches().isEmpty() || !cut.pending()) {
            deadline = 0;
          }
          if (cut.pending() && deadline == 0) {
            deadline = System.nanoTime() + batchTimeout().toNanos();
          }
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Re-checks the update against the configuration of now, which may have moved on. */
  private void configure(ByteString update) {
    try {
      ConfigEnvelope next = ConfigUpdates.propose(config, Envelope.parseFrom(update));
      ChannelConfig applied = ConfigUpdates.apply(config, next);
      lastConfig = tip.getNumber() + 1;
      append(List.of(OrdererMessages.configEnvelope(config, next, signer, clock).toByteString()));
      config = applied;
    } catch (ConfigException e) {
      LOG.warn("[{}] configuration update dropped: {}", config.channelId(), e.getMessage());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("checked before it was queued", e);
    }
  }

  private void append(List<ByteString> envelopes) {
    if (envelopes.isEmpty()) {
      return;
    }
    BlockData data = BlockData.newBuilder().addAllData(envelopes).build();
    BlockHeader header =
        BlockHeader.newBuilder()
            .setNumber(tip.getNumber() + 1)
            .setPreviousHash(ByteString.copyFrom(BlockHeaders.headerHash(tip)))
            .setDataHash(ByteString.copyFrom(BlockHeaders.dataHash(data)))
            .build();
    BlockMetadata metadata =
        BlockMetadata.newBuilder()
            .addMetadata(signatures(header))
            .addMetadata(ByteString.EMPTY)
            .addMetadata(ByteString.EMPTY)
            .addMetadata(ByteString.EMPTY)
            .addMetadata(ByteString.EMPTY)
            .build();
    blocks.append(Block.newBuilder().setHeader(header).setData(data).setMetadata(metadata).build());
    tip = header;
    synchronized (grown) {
      grown.notifyAll();
    }
  }

  private ByteString signatures(BlockHeader header) {
    ByteString value =
        OrdererBlockMetadata.newBuilder()
            .setLastConfig(LastConfig.newBuilder().setIndex(lastConfig))
            .build()
            .toByteString();
    SignatureHeader signatureHeader = signer.newSignatureHeader();
    ByteString headerBytes = signatureHeader.toByteString();
    ByteString signed =
        value.concat(headerBytes).concat(ByteString.copyFrom(BlockHeaders.headerBytes(header)));
    return Metadata.newBuilder()
        .setValue(value)
        .addSignatures(
            MetadataSignature.newBuilder()
                .setSignatureHeader(headerBytes)
                .setSignature(signer.sign(signed)))
        .build()
        .toByteString();
  }

  private ChannelGenesis.Batches limits() {
    try {
      BatchSize size = BatchSize.parseFrom(OrdererMessages.ordererValue(config, "BatchSize"));
      return new ChannelGenesis.Batches(
          size.getMaxMessageCount(), size.getAbsoluteMaxBytes(), size.getPreferredMaxBytes(), "");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("checked when the configuration was accepted", e);
    }
  }

  private Duration batchTimeout() {
    try {
      String text =
          BatchTimeout.parseFrom(OrdererMessages.ordererValue(config, "BatchTimeout")).getTimeout();
      return OrdererMessages.duration(text);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("checked when the configuration was accepted", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (grown) {
      grown.notifyAll();
    }
    thread.interrupt();
    try {
      thread.join(ENQUEUE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    blocks.close();
  }
}
