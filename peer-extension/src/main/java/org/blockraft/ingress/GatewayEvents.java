package org.blockraft.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.identity.Malformed;
import org.blockraft.identity.SignedData;
import org.blockraft.ledger.LedgerException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.gateway.ChaincodeEventsRequest;
import org.hyperledger.fabric.protos.gateway.ChaincodeEventsResponse;
import org.hyperledger.fabric.protos.gateway.SignedChaincodeEventsRequest;
import org.hyperledger.fabric.protos.orderer.SeekPosition;
import org.hyperledger.fabric.protos.peer.ChaincodeEvent;

/**
 * Streams the events of a chaincode, one response for each block that has any.
 *
 * <p>Fabric source: internal/pkg/gateway/chaincodeevents.go.
 */
final class GatewayEvents {
  private static final String RESOURCE = "gateway/ChaincodeEvents";

  /** How long to wait for a block before looking whether the client is still there. */
  private static final Duration BLOCK_WAIT = Duration.ofSeconds(5);

  private final ServedChannels channels;
  private final AccessCheck access;
  private final AnnouncedHeights announced;

  GatewayEvents(ServedChannels channels, AccessCheck access, AnnouncedHeights announced) {
    this.channels = channels;
    this.access = access;
    this.announced = announced;
  }

  /** Serves a request until the client goes away; never throws. */
  void stream(SignedChaincodeEventsRequest signed, ResponseStream<ChaincodeEventsResponse> stream) {
    try {
      ChaincodeEventsRequest request = parse(signed);
      ServedChannel channel = channel(signed, request);
      try (BlockFeed feed = channel.blocks(startBlock(channel, request))) {
        stream.onCancel(feed::close);
        send(request, feed, stream);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stream.fail(ResponseStream.gone());
    } catch (RuntimeException e) {
      stream.fail(StatusMapper.map(e));
    }
  }

  private static ChaincodeEventsRequest parse(SignedChaincodeEventsRequest signed) {
    if (signed.getRequest().isEmpty()) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, "a chaincode events request is required");
    }
    try {
      return ChaincodeEventsRequest.parseFrom(signed.getRequest());
    } catch (InvalidProtocolBufferException e) {
      throw GatewayErrors.of(
          Code.INVALID_ARGUMENT, "invalid chaincode events request: " + Malformed.text(e));
    }
  }

  private ServedChannel channel(
      SignedChaincodeEventsRequest signed, ChaincodeEventsRequest request) {
    try {
      access.check(
          RESOURCE,
          request.getChannelId(),
          new SignedData(signed.getRequest(), request.getIdentity(), signed.getSignature()));
    } catch (RuntimeException e) {
      throw GatewayErrors.of(Code.PERMISSION_DENIED, e.getMessage());
    }
    return channels
        .channel(request.getChannelId())
        .orElseThrow(
            () ->
                GatewayErrors.of(
                    Code.NOT_FOUND, "channel does not exist: " + request.getChannelId()));
  }

  private static long startBlock(ServedChannel channel, ChaincodeEventsRequest request) {
    if (!request.getAfterTransactionId().isEmpty()) {
      try {
        return channel.blockByTxId(request.getAfterTransactionId()).getHeader().getNumber();
      } catch (LedgerException e) {
        // Not a transaction we know: the start position counts.
      }
    }
    SeekPosition start = request.getStartPosition();
    return switch (start.getTypeCase()) {
      case SPECIFIED -> start.getSpecified().getNumber();
      case NEXT_COMMIT, TYPE_NOT_SET -> channel.height();
      case OLDEST -> throw invalidStart("Oldest");
      case NEWEST -> throw invalidStart("Newest");
    };
  }

  private static RuntimeException invalidStart(String type) {
    return GatewayErrors.of(
        Code.INVALID_ARGUMENT, "invalid start position type: *orderer.SeekPosition_" + type);
  }

  private void send(
      ChaincodeEventsRequest request,
      BlockFeed feed,
      ResponseStream<ChaincodeEventsResponse> stream)
      throws InterruptedException {
    EventFilter filter = new EventFilter(request.getChaincodeId(), request.getAfterTransactionId());
    while (true) {
      Optional<Block> next = feed.next(BLOCK_WAIT);
      if (stream.isCancelled()) {
        throw ResponseStream.gone();
      }
      if (next.isEmpty()) {
        continue;
      }
      Block block = next.get();
      List<ChaincodeEvent> events;
      try {
        events = filter.matching(BlockEvents.of(block));
      } catch (InvalidProtocolBufferException e) {
        throw GatewayErrors.of(Code.ABORTED, String.valueOf(e.getMessage()));
      }
      if (!events.isEmpty()) {
        long number = block.getHeader().getNumber();
        stream.send(
            ChaincodeEventsResponse.newBuilder()
                .addAllEvents(events)
                .setBlockNumber(number)
                .build());
        announced.announced(request.getChannelId(), number + 1);
      }
    }
  }

  /** Passes events of one chaincode, from after a transaction on. */
  private static final class EventFilter {
    private final String chaincode;
    private final String afterTxId;
    private boolean started;

    EventFilter(String chaincode, String afterTxId) {
      this.chaincode = chaincode;
      this.afterTxId = afterTxId;
      this.started = afterTxId.isEmpty();
    }

    List<ChaincodeEvent> matching(List<ChaincodeEvent> events) {
      List<ChaincodeEvent> matching = new ArrayList<>();
      for (ChaincodeEvent event : events) {
        if (!started) {
          started = event.getTxId().equals(afterTxId);
        } else if (event.getChaincodeId().equals(chaincode)) {
          matching.add(event);
        }
      }
      return matching;
    }
  }
}
