package org.blockraft.intake;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.blockraft.identity.ChannelConfig;
import org.blockraft.identity.IdentityException;
import org.blockraft.identity.Signer;
import org.hyperledger.fabric.protos.common.ConfigEnvelope;
import org.hyperledger.fabric.protos.common.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls the blocks of one channel from its orderers, verifies them, and hands them on in order.
 *
 * <p>Invariant: the sink gets every block once, in number order, each verified under the
 * configuration that the blocks before it established. After a failure the source asks the next
 * orderer for the block after the last one it handed on.
 *
 * <p>Fabric: internal/pkg/peer/blocksprovider/blocksprovider.go; v3 common/deliverclient.
 */
public final class OrdererSource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrdererSource.class);

  /** How long to wait for a block before looking around; the stream itself has no deadline. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final OrdererSettings settings;
  private final OrdererConnections connections;
  private final Supplier<ChannelConfig> initialConfig;
  private final Supplier<ChainTip> tip;
  private final BlockSink sink;
  private final SeekRequests requests;
  private final OrdererRotation orderers = new OrdererRotation(ThreadLocalRandom.current());
  private final RetryPace pace;
  private final CountDownLatch closed = new CountDownLatch(1);

  private volatile Thread runner;

  /** These three belong to the thread in {@link #run}. */
  private ChannelConfig config;

  private long next;
  private byte[] previousHash;

  /**
   * @param config the configuration in force for the next block; asked once, when the source
   *     starts: after that the source follows the configuration blocks it verifies
   * @param tip where the channel's ledger ends; asked once, when the source starts
   */
  public OrdererSource(
      OrdererSettings settings,
      OrdererConnections connections,
      Signer signer,
      Supplier<ChannelConfig> config,
      Supplier<ChainTip> tip,
      BlockSink sink,
      InstantSource clock) {
    this.settings = settings;
    this.connections = connections;
    this.initialConfig = config;
    this.tip = tip;
    this.sink = sink;
    this.requests = new SeekRequests(signer, settings.clientCredentials(), clock);
    this.pace = new RetryPace(settings.reconnectBackoffMax());
  }

  /**
   * Runs on the calling thread until it is closed or interrupted, or, if this peer is no static
   * leader, until no orderer could be reached for too long. What the sink throws ends it too.
   */
  public void run() {
    runner = Thread.currentThread();
    ChainTip start = tip.get();
    next = start.height();
    previousHash = start.lastHeaderHash();
    config = initialConfig.get();
    orderers.update(connections.endpoints(config));
    try {
      while (closed.getCount() > 0 && pauseBeforeTry()) {
        tryOneOrderer();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SinkFailure failure) {
      throw failure.cause;
    } finally {
      runner = null;
      if (closed.getCount() == 0) {
        Thread.interrupted(); // it was close() who interrupted, and it has been obeyed
      }
    }
  }

  /** Returns false if it is time to stop. */
  private boolean pauseBeforeTry() throws InterruptedException {
    Duration pause = pace.nextPause();
    if (pause.isZero()) {
      return true;
    }
    if (pace.total().compareTo(settings.reconnectTotalMax()) > 0) {
      if (!settings.staticLeader()) {
        log.warn(
            "[{}] attempted to retry block delivery for more than"
                + " peer.deliveryclient.reconnectTotalTimeThreshold duration {}, giving up",
            config.channelId(),
            settings.reconnectTotalMax());
        return false;
      }
      log.warn("peer is a static leader, ignoring peer.deliveryclient.reconnectTotalTimeThreshold");
    }
    log.warn(
        "[{}] Disconnected from ordering service. Attempt to re-connect in {}ms",
        config.channelId(),
        pause.toMillis());
    return !closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void tryOneOrderer() throws InterruptedException {
    try {
      OrdererEndpoint endpoint = orderers.next();
      try (DeliverStream stream =
          DeliverStream.open(
              endpoint,
              connections.open(endpoint),
              requests.from(config.channelId(), next),
              settings.connectTimeout())) {
        log.info(
            "[{}] Pulling next blocks from ordering service, orderer-address={}, nextBlock={}",
            config.channelId(),
            endpoint.logAddress(),
            Long.toUnsignedString(next));
        follow(endpoint, stream);
      }
    } catch (OrdererException
        | BlockRejected
        | IdentityException
        | StatusRuntimeException failure) {
      if (closed.getCount() > 0) {
        log.warn(
            "[{}] Got error while attempting to receive blocks: {}",
            config.channelId(),
            failure.getMessage());
      }
      pace.failed();
    }
  }

  /** Takes blocks until the orderers change or this one has been silent for too long. */
  private void follow(OrdererEndpoint endpoint, DeliverStream stream) throws InterruptedException {
    while (closed.getCount() > 0) {
      boolean mayWithhold = config.channel().consensusTypeBft();
      switch (stream.next(mayWithhold ? settings.stallTimeout() : IDLE)) {
        case null -> {
          if (mayWithhold) {
            log.debug("[{}] {} sends nothing, asking another", config.channelId(), endpoint);
            return;
          }
        }
        case DeliverReply.Delivered delivered -> {
          if (take(endpoint, delivered.block())) {
            log.info(
                "[{}] Ordering endpoints have been refreshed, disconnecting from deliver to"
                    + " reconnect using updated endpoints",
                config.channelId());
            return;
          }
        }
        case DeliverReply.Ended ended -> throw new OrdererException(statusText(ended.status()));
        case DeliverReply.Unknown unknown ->
            throw new OrdererException("unknown message type '%s'".formatted(unknown));
      }
    }
  }

  private static String statusText(int number) {
    Status status = Status.forNumber(number);
    return status == Status.SUCCESS
        ? "received success for a seek that should never complete"
        : "received bad status %s from orderer".formatted(status == null ? number : status);
  }

  /** Verifies a block and hands it on; returns whether it changed the orderers. */
  private boolean take(OrdererEndpoint endpoint, ByteString raw) throws InterruptedException {
    VerifiedBlock verified;
    ChannelConfig after;
    try {
      verified = BlockVerifier.verify(raw, next, previousHash, config);
      after = configAfter(verified);
    } catch (BlockRejected | IdentityException e) {
      throw new BlockRejected(
          "block [%s] from orderer [%s] could not be verified: %s"
              .formatted(Long.toUnsignedString(next), endpoint.logAddress(), e.getMessage()));
    }
    try {
      sink.accept(verified);
    } catch (RuntimeException e) {
      throw new SinkFailure(e);
    }
    next++;
    previousHash = verified.headerHash();
    pace.succeeded();
    if (after == config) {
      return false;
    }
    config = after;
    return orderers.update(connections.endpoints(config));
  }

  private ChannelConfig configAfter(VerifiedBlock verified) {
    ConfigEnvelope envelope = BlockHeaders.configEnvelope(verified.block()).orElse(null);
    return envelope == null ? config : ChannelConfig.of(config.channelId(), envelope.getConfig());
  }

  /** Not the orderer's fault, whatever it is: ends the source. */
  private static final class SinkFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final RuntimeException cause;

    private SinkFailure(RuntimeException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /** Ends {@link #run} from another thread. */
  @Override
  public void close() {
    closed.countDown();
    Thread running = runner;
    if (running != null) {
      running.interrupt();
    }
  }
}
