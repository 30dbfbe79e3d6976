package org.blockraft.gossip;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes calls off the thread of their connection, where nothing may wait; order is kept. */
final class OffThread implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(OffThread.class);

  private final Executor threads;

  OffThread(Executor threads) {
    this.threads = threads;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Executor inOrder =
        MoreExecutors.newSequentialExecutor(Context.current().fixedContextExecutor(threads));
    Moved<Q> moved = new Moved<>(call, inOrder);
    moved.run(ignored -> moved.target = next.startCall(call, headers));
    return moved;
  }

  private static final class Moved<Q> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, ?> call;
    private final Executor inOrder;

    /** Used in order. */
    private ServerCall.Listener<Q> target = new ServerCall.Listener<>() {};

    private Moved(ServerCall<Q, ?> call, Executor inOrder) {
      this.call = call;
      this.inOrder = inOrder;
    }

    private void run(Consumer<ServerCall.Listener<Q>> event) {
      try {
        inOrder.execute(() -> take(event));
      } catch (RejectedExecutionException e) {
        LOG.debug("Gossip has ended, and the stream does");
        end();
      }
    }

    private void take(Consumer<ServerCall.Listener<Q>> event) {
      try {
        event.accept(target);
      } catch (RejectedExecutionException e) {
        LOG.debug("This node stops, and the stream does");
        end();
      } catch (RuntimeException e) {
        LOG.warn("A stream that another node passed on failed", e);
        end();
      }
    }

    private void end() {
      try {
        call.close(Status.UNKNOWN.withDescription("failed"), new Metadata());
      } catch (IllegalStateException | RejectedExecutionException e) {
        LOG.debug("The stream had ended already: {}", e.getMessage());
      }
    }

    @Override
    public void onMessage(Q message) {
      run(to -> to.onMessage(message));
    }

    @Override
    public void onReady() {
      run(ServerCall.Listener::onReady);
    }

    @Override
    public void onHalfClose() {
      run(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
      run(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
      run(ServerCall.Listener::onComplete);
    }
  }
}
