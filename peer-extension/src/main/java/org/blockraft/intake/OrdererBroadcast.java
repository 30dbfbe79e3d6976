package org.blockraft.intake;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.orderer.AtomicBroadcastGrpc;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;

/**
 * Submits transactions to orderers. Safe for use by many threads.
 *
 * <p>Fabric: internal/pkg/gateway/submit.go broadcast.
 */
public final class OrdererBroadcast {
  /** The call's own deadline ends it; this much later the wait ends whatever the call does. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final OrdererConnections connections;

  public OrdererBroadcast(OrdererConnections connections) {
    this.connections = connections;
  }

  /**
   * Sends one envelope to one orderer and waits for its answer, which may be a refusal.
   *
   * @throws OrdererException if there is no answer in time or the connection fails; the message is
   *     what Fabric's gateway shows in its error details
   */
  public BroadcastResponse submit(OrdererEndpoint orderer, Envelope envelope, Duration timeout) {
    Answer answer = new Answer();
    AtomicBroadcastGrpc.newStub(connections.shared(orderer))
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .withMaxOutboundMessageSize(OrdererConnections.MESSAGE_BYTES_MAX)
        .broadcast(answer)
        .onNext(envelope);
    try {
      return answer.future.get(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new OrdererException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new OrdererException(RpcErrors.text(Status.DEADLINE_EXCEEDED), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OrdererException(
          RpcErrors.text(Status.CANCELLED.withDescription("context canceled")), e);
    } finally {
      answer.cancel();
    }
  }

  private static final class Answer implements ClientResponseObserver<Envelope, BroadcastResponse> {
    private final CompletableFuture<BroadcastResponse> future = new CompletableFuture<>();
    private ClientCallStreamObserver<Envelope> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<Envelope> started) {
      call = started;
    }

    @Override
    public void onNext(BroadcastResponse response) {
      future.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      future.completeExceptionally(
          new OrdererException(RpcErrors.text(Status.fromThrowable(failure)), failure));
    }

    @Override
    public void onCompleted() {
      future.completeExceptionally(new OrdererException("EOF"));
    }

    private void cancel() {
      call.cancel("answered", null);
    }
  }
}
