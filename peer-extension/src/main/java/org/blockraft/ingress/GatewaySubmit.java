package org.blockraft.ingress;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.blockraft.intake.OrdererEndpoint;
import org.blockraft.intake.OrdererException;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.common.Status;
import org.hyperledger.fabric.protos.gateway.ErrorDetail;
import org.hyperledger.fabric.protos.gateway.SubmitRequest;
import org.hyperledger.fabric.protos.gateway.SubmitResponse;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a transaction to the ordering service: to one orderer after the other, in random order,
 * until one takes it; with byzantine fault tolerant ordering to all of them at once, until a quorum
 * has taken it.
 *
 * <p>Fabric source: internal/pkg/gateway/submit.go (v3.1.5).
 */
final class GatewaySubmit {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);
  private static final String KNOWN_ALREADY = "failed to submit request: request already exists";

  private final GatewaySettings settings;
  private final ServedChannels channels;
  private final OrdererClient broadcast;
  private final Random random;
  private final Executor threads;

  GatewaySubmit(
      GatewaySettings settings,
      ServedChannels channels,
      OrdererClient broadcast,
      Random random,
      Executor threads) {
    this.settings = settings;
    this.channels = channels;
    this.broadcast = broadcast;
    this.random = random;
    this.threads = threads;
  }

  SubmitResponse submit(SubmitRequest request) throws Exception {
    if (!request.hasPreparedTransaction()) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, "a prepared transaction is required");
    }
    Envelope transaction = request.getPreparedTransaction();
    if (transaction.getSignature().isEmpty()) {
      throw GatewayErrors.of(Code.INVALID_ARGUMENT, "prepared transaction must be signed");
    }
    Optional<ServedChannel> channel = channels.channel(request.getChannelId());
    if (channel.isEmpty()) {
      throw GatewayErrors.of(
          Code.FAILED_PRECONDITION,
          "failed to get config for channel [%s]: could not get last config for channel %s"
              .formatted(request.getChannelId(), request.getChannelId()));
    }
    List<OrdererEndpoint> orderers = new ArrayList<>(channel.get().orderers());
    if (orderers.isEmpty()) {
      throw GatewayErrors.of(Code.UNAVAILABLE, "no orderer nodes available");
    }
    Collections.shuffle(orderers, random);
    try {
      if (channel.get().byzantineOrdering()) {
        submitToQuorum(orderers, transaction);
      } else {
        submitToOne(orderers, transaction);
      }
    } catch (CallDeadline.Over e) {
      LOG.warn("Submit call timed out while broadcasting to ordering service");
      throw GatewayErrors.of(
          Code.DEADLINE_EXCEEDED, "submit timeout expired while broadcasting to ordering service");
    }
    return SubmitResponse.getDefaultInstance();
  }

  private void submitToOne(List<OrdererEndpoint> orderers, Envelope transaction) throws Exception {
    List<ErrorDetail> errors = new ArrayList<>();
    for (OrdererEndpoint orderer : orderers) {
      BroadcastResponse response;
      try {
        response = CallDeadline.await(send(orderer, transaction));
      } catch (ExecutionException e) {
        errors.add(GatewayErrors.detail(orderer, text(orderer, e.getCause())));
        continue;
      }
      if (response.getStatus() == Status.SUCCESS) {
        return;
      }
      LOG.warn(
          "Unsuccessful response sending transaction to orderer {}: status={}, info={}",
          orderer.logAddress(),
          response.getStatus(),
          response.getInfo());
      int status = response.getStatusValue();
      if (status >= 400 && status < 500) {
        throw GatewayErrors.of(Code.ABORTED, unsuccessful(response));
      }
    }
    throw GatewayErrors.of(
        Code.UNAVAILABLE, "no orderers could successfully process transaction", errors);
  }

  private void submitToQuorum(List<OrdererEndpoint> orderers, Envelope transaction)
      throws Exception {
    // An empty detail is a success. Every orderer gives exactly one.
    BlockingQueue<Optional<ErrorDetail>> answers = new LinkedBlockingQueue<>(orderers.size());
    for (OrdererEndpoint orderer : orderers) {
      var _ =
          send(orderer, transaction)
              .whenComplete((response, failure) -> answers.add(answer(orderer, response, failure)));
    }
    int quorum = quorum(orderers.size());
    int successes = 0;
    List<ErrorDetail> errors = new ArrayList<>();
    for (int i = 0; i < orderers.size() && errors.size() <= orderers.size() - quorum; i++) {
      Optional<ErrorDetail> error = CallDeadline.await(taken(answers));
      if (error.isPresent()) {
        errors.add(error.get());
      } else if (++successes >= quorum) {
        return;
      }
    }
    LOG.warn("Only {} of {} orderers needed took a transaction", successes, quorum);
    throw GatewayErrors.of(
        Code.UNAVAILABLE,
        "insufficient number of orderers could successfully process transaction to satisfy quorum requirement",
        errors);
  }

  private <T> CompletableFuture<T> taken(BlockingQueue<T> queue) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return queue.take();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ResponseStream.gone();
          }
        },
        threads);
  }

  /** The least number of nodes of which any two groups have a correct one in common. */
  static int quorum(int nodes) {
    int faulty = (nodes - 1) / 3;
    return (nodes + faulty + 2) / 2;
  }

  private static Optional<ErrorDetail> answer(
      OrdererEndpoint orderer, BroadcastResponse response, Throwable failure) {
    if (failure != null) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      return Optional.of(GatewayErrors.detail(orderer, text(orderer, cause)));
    }
    boolean known =
        response.getStatus() == Status.SERVICE_UNAVAILABLE
            && response.getInfo().equals(KNOWN_ALREADY);
    return known || response.getStatus() == Status.SUCCESS
        ? Optional.empty()
        : Optional.of(GatewayErrors.detail(orderer, unsuccessful(response)));
  }

  private static String unsuccessful(BroadcastResponse response) {
    return "received unsuccessful response from orderer: status=%s, info=%s"
        .formatted(response.getStatus(), response.getInfo());
  }

  private static String text(OrdererEndpoint orderer, Throwable failure) {
    LOG.warn(
        "Error sending transaction to orderer {}: {}", orderer.logAddress(), failure.getMessage());
    return switch (failure) {
      case OrdererException e -> e.getMessage();
      case StatusRuntimeException e -> GoStatus.error(e.getStatus());
      default -> String.valueOf(failure.getMessage());
    };
  }

  private CompletableFuture<BroadcastResponse> send(OrdererEndpoint orderer, Envelope transaction) {
    LOG.info("Sending transaction to orderer {}", orderer.logAddress());
    return CompletableFuture.supplyAsync(
        () -> broadcast.submit(orderer, transaction, settings.broadcastTimeout()), threads);
  }
}
