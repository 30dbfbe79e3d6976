package org.blockraft.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.blockraft.dispatch.AnnouncedHeights;
import org.blockraft.identity.Malformed;
import org.blockraft.identity.SignedData;
import org.blockraft.ledger.TxStatus;
import org.hyperledger.fabric.protos.gateway.CommitStatusRequest;
import org.hyperledger.fabric.protos.gateway.CommitStatusResponse;
import org.hyperledger.fabric.protos.gateway.SignedCommitStatusRequest;

/**
 * Tells the outcome of a transaction as soon as it is committed.
 *
 * <p>Fabric source: internal/pkg/gateway/commitstatus.go, commit/finder.go.
 */
final class GatewayStatus {
  private static final String RESOURCE = "gateway/CommitStatus";

  private final GatewaySettings settings;
  private final ServedChannels channels;
  private final AccessCheck access;
  private final AnnouncedHeights announced;

  GatewayStatus(
      GatewaySettings settings,
      ServedChannels channels,
      AccessCheck access,
      AnnouncedHeights announced) {
    this.settings = settings;
    this.channels = channels;
    this.access = access;
    this.announced = announced;
  }

  CommitStatusResponse status(SignedCommitStatusRequest signed) throws InterruptedException {
    CommitStatusRequest request = parse(signed);
    try {
      access.check(
          RESOURCE,
          request.getChannelId(),
          new SignedData(signed.getRequest(), request.getIdentity(), signed.getSignature()));
    } catch (RuntimeException e) {
      throw GatewayErrors.of(Code.PERMISSION_DENIED, e.getMessage());
    }
    Optional<ServedChannel> channel = channels.channel(request.getChannelId());
    if (channel.isEmpty()) {
      throw GatewayErrors.of(Code.ABORTED, "channel does not exist: " + request.getChannelId());
    }
    CompletableFuture<TxStatus> outcome = channel.get().status(request.getTransactionId());
    try {
      TxStatus status = CallDeadline.await(outcome);
      announced.announced(request.getChannelId(), status.block() + 1);
      return CommitStatusResponse.newBuilder()
          .setResult(status.code())
          .setBlockNumber(status.block())
          .build();
    } catch (CallDeadline.Over e) {
      Code code = e.isDeadline() ? Code.DEADLINE_EXCEEDED : Code.CANCELLED;
      throw GatewayErrors.of(code, e.getMessage());
    } catch (ExecutionException e) {
      throw aborted(e.getCause());
    } finally {
      outcome.cancel(false);
    }
  }

  private CommitStatusRequest parse(SignedCommitStatusRequest signed) {
    if (signed.getRequest().isEmpty()) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, "a commit status request is required");
    }
    CommitStatusRequest request;
    try {
      request = CommitStatusRequest.parseFrom(signed.getRequest());
    } catch (InvalidProtocolBufferException e) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, "invalid status request: " + Malformed.text(e));
    }
    if (settings.strictStatusRequests()) {
      require(!request.getIdentity().isEmpty(), "no identity provided");
      require(!request.getChannelId().isEmpty(), "no channel ID provided");
      require(!request.getTransactionId().isEmpty(), "transaction ID should not be empty");
    }
    return request;
  }

  private static void require(boolean condition, String text) {
    if (!condition) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, text);
    }
  }

  private static StatusRuntimeException aborted(Throwable failure) {
    return GatewayErrors.of(Code.ABORTED, String.valueOf(failure.getMessage()));
  }
}
