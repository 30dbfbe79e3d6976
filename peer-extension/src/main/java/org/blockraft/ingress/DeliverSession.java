package org.blockraft.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.identity.SignedData;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.orderer.SeekInfo;
import org.hyperledger.fabric.protos.orderer.SeekPosition;
import org.hyperledger.fabric.protos.peer.BlockAndPrivateData;
import org.hyperledger.fabric.protos.peer.DeliverResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One deliver stream: seek requests come one after the other, each is answered with blocks and a
 * status; a status other than SUCCESS ends the stream. Owned by one thread.
 *
 * <p>Fabric source: common/deliver/deliver.go, common/ledger/blockledger/fileledger/impl.go.
 */
final class DeliverSession implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(DeliverService.class);

  /** How long to wait for a block before looking whether the client is still there. */
  private static final Duration BLOCK_WAIT = Duration.ofSeconds(5);

  private final DeliverKind kind;
  private final BlockingStream<Envelope, DeliverResponse> stream;
  private final CallPeer peer;
  private final ServedChannels channels;
  private final AccessCheck access;
  private final DeliverSettings settings;
  private final AnnouncedHeights announced;
  private final DeliverMetrics metrics;
  private final InstantSource clock;

  DeliverSession(
      DeliverKind kind,
      BlockingStream<Envelope, DeliverResponse> stream,
      CallPeer peer,
      ServedChannels channels,
      AccessCheck access,
      DeliverSettings settings,
      AnnouncedHeights announced,
      DeliverMetrics metrics,
      InstantSource clock) {
    this.kind = kind;
    this.stream = stream;
    this.peer = peer;
    this.channels = channels;
    this.access = access;
    this.settings = settings;
    this.announced = announced;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void run() {
    metrics.streamOpened();
    try {
      serve();
      stream.complete();
    } catch (RuntimeException e) {
      stream.fail(StatusMapper.map(e));
    } finally {
      metrics.streamClosed();
    }
  }

  private void serve() {
    while (true) {
      Optional<Envelope> request = stream.receive();
      if (request.isEmpty()) {
        return;
      }
      Status status = deliver(request.get());
      stream.send(DeliverResponse.newBuilder().setStatus(status).build());
      if (status != Status.SUCCESS) {
        return;
      }
    }
  }

  private Status deliver(Envelope envelope) {
    SeekRequest request;
    try {
      request = SeekRequest.parse(envelope, settings, peer, clock.instant());
    } catch (ServiceException e) {
      LOG.warn("error parsing envelope from {}: {}", peer.address(), e.getMessage());
      return Status.BAD_REQUEST;
    }
    Optional<ServedChannel> channel = channels.channel(request.channelId());
    if (channel.isEmpty()) {
      LOG.debug(
          "Rejecting deliver for {} because channel {} not found",
          peer.address(),
          request.channelId());
      return Status.NOT_FOUND;
    }
    metrics.requestReceived(request.channelId(), kind);
    boolean success = false;
    try {
      var status = seek(request, channel.get());
      success = status == Status.SUCCESS;
      return status;
    } finally {
      metrics.requestCompleted(request.channelId(), kind, success);
    }
  }

  private Status seek(SeekRequest request, ServedChannel channel) {
    SeekInfo seek;
    try {
      seek = SeekInfo.parseFrom(request.seekInfo());
    } catch (InvalidProtocolBufferException e) {
      LOG.warn(
          "[channel: {}] Received a signed deliver request from {} with malformed seekInfo payload: {}",
          channel.id(),
          peer.address(),
          e.getMessage());
      return Status.BAD_REQUEST;
    }
    SessionAccess session =
        new SessionAccess(channel, kind.resource(), request.signedData(), access, clock);
    if (!authorized(session, channel, "is not authorized")) {
      return Status.FORBIDDEN;
    }
    if (!seek.hasStart() || !seek.hasStop()) {
      LOG.warn("[channel: {}] seekInfo from {} lacks start or stop", channel.id(), peer.address());
      return Status.BAD_REQUEST;
    }
    long start = start(seek.getStart(), channel);
    long number = Math.max(start, 0);
    long stop = stop(seek, channel, number);
    if (seek.getStop().hasSpecified() && Long.compareUnsigned(stop, number) < 0) {
      LOG.warn(
          "[channel: {}] Received invalid seekInfo message from {}: start number {} greater than stop number {}",
          channel.id(),
          peer.address(),
          number,
          Long.toUnsignedString(stop));
      return Status.BAD_REQUEST;
    }
    if (start < 0) {
      return Status.NOT_FOUND;
    }
    try (BlockFeed feed = channel.blocks(start)) {
      stream.onCancel(feed::close);
      return send(seek, channel, feed, session, request.signedData(), start, stop);
    }
  }

  /** The number of the first block; negative when there is no such position. */
  private static long start(SeekPosition start, ServedChannel channel) {
    return switch (start.getTypeCase()) {
      case OLDEST -> 0;
      case NEWEST -> channel.height() - 1;
      case SPECIFIED -> {
        long number = start.getSpecified().getNumber();
        yield Long.compareUnsigned(number, channel.height()) > 0 ? -1 : number;
      }
      case NEXT_COMMIT -> channel.height();
      case TYPE_NOT_SET -> -1;
    };
  }

  /** The number of the last block. */
  private static long stop(SeekInfo seek, ServedChannel channel, long first) {
    return switch (seek.getStop().getTypeCase()) {
      case OLDEST -> first;
      // From newest to newest is one block, even when another is committed meanwhile.
      case NEWEST -> seek.getStart().hasNewest() ? first : channel.height() - 1;
      case SPECIFIED -> seek.getStop().getSpecified().getNumber();
      case NEXT_COMMIT, TYPE_NOT_SET -> 0;
    };
  }

  private Status send(
      SeekInfo seek,
      ServedChannel channel,
      BlockFeed feed,
      SessionAccess session,
      SignedData requester,
      long first,
      long stop) {
    Counter sent = metrics.blocksSent(channel.id(), kind);
    boolean failIfNotReady = seek.getBehavior() == SeekInfo.SeekBehavior.FAIL_IF_NOT_READY;
    for (long number = first; ; number++) {
      if (failIfNotReady && number > channel.height() - 1) {
        LOG.warn(
            "[channel: {}] Block {} not found, block number greater than chain length bounds",
            channel.id(),
            number);
        return Status.NOT_FOUND;
      }
      Block block = next(feed);
      if (!authorized(session, channel, "authorization revoked for deliver request")) {
        return Status.FORBIDDEN;
      }
      Block visible = SeekRequest.withContent(seek, block);
      stream.send(response(visible, channel, requester));
      announced.announced(channel.id(), block.getHeader().getNumber() + 1);
      sent.increment();
      if (block.getHeader().getNumber() == stop) {
        return Status.SUCCESS;
      }
    }
  }

  private Block next(BlockFeed feed) {
    while (true) {
      try {
        Optional<Block> block = feed.next(BLOCK_WAIT);
        if (block.isPresent()) {
          return block.get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted();
      }
      if (stream.isCancelled() || Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
    }
  }

  private static StatusRuntimeException interrupted() {
    return io.grpc.Status.UNKNOWN
        .withDescription("context finished before block retrieved: context canceled")
        .asRuntimeException();
  }

  private boolean authorized(SessionAccess session, ServedChannel channel, String what) {
    try {
      session.evaluate();
      return true;
    } catch (RuntimeException e) {
      LOG.warn(
          "[channel: {}] Client {} {}: {}", channel.id(), peer.address(), what, e.getMessage());
      return false;
    }
  }

  private DeliverResponse response(Block block, ServedChannel channel, SignedData requester) {
    return switch (kind) {
      case BLOCK -> DeliverResponse.newBuilder().setBlock(block).build();
      case FILTERED -> {
        try {
          yield DeliverResponse.newBuilder().setFilteredBlock(FilteredBlocks.of(block)).build();
        } catch (InvalidProtocolBufferException e) {
          LOG.warn("Failed to generate filtered block due to: {}", e.getMessage());
          yield DeliverResponse.newBuilder().setStatus(Status.BAD_REQUEST).build();
        }
      }
      case PRIVATE ->
          DeliverResponse.newBuilder()
              .setBlockAndPrivateData(
                  BlockAndPrivateData.newBuilder()
                      .setBlock(block)
                      .putAllPrivateDataMap(
                          channel.privateData(block.getHeader().getNumber(), requester)))
              .build();
    };
  }
}
