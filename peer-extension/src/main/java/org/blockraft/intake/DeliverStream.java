package org.blockraft.intake;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.hyperledger.fabric.protos.common.Envelope;

/**
 * One open deliver stream. Replies are read ahead within a window, bounded in number and in bytes,
 * so that the network works while earlier blocks are being verified and committed.
 *
 * <p>{@link #next} is for one thread; {@link #close} may come from another.
 */
final class DeliverStream implements AutoCloseable {
  /** Enough small blocks to hide a round trip to a distant orderer. */
  private static final int WINDOW_REPLIES = 32;

  /** Bounds memory when blocks are large; a single block may be larger than this. */
  private static final long WINDOW_BYTES = 64L * 1024 * 1024;

  /** The last message of every stream. */
  private record Closed(Status status) {}

  private final String address;
  private final ManagedChannel channel;
  private final ClientCall<Envelope, DeliverReply> call;

  /** Bounded by the window: at most that many replies are asked for, and one {@link Closed}. */
  private final BlockingQueue<Object> inbox = new LinkedBlockingQueue<>();

  private int requested;
  private int buffered;
  private long bufferedBytes;
  private long lastBytes;

  private DeliverStream(String address, ManagedChannel channel) {
    this.address = address;
    this.channel = channel;
    this.call = channel.newCall(DeliverReply.DELIVER, CallOptions.DEFAULT);
  }

  /**
   * Connects and asks.
   *
   * @param channel a new connection, which this stream owns from now on
   * @throws OrdererException if the connection does not come up in time
   */
  static DeliverStream open(
      OrdererEndpoint endpoint, ManagedChannel channel, Envelope seek, Duration connectTimeout)
      throws InterruptedException {
    DeliverStream stream = new DeliverStream(endpoint.connectAddress(), channel);
    try {
      awaitConnection(endpoint, channel, connectTimeout);
    } catch (InterruptedException | OrdererException e) {
      channel.shutdownNow();
      throw e;
    }
    stream.call.start(stream.new Listener(), new Metadata());
    stream.requestMore();
    stream.call.sendMessage(seek);
    return stream;
  }

  private static void awaitConnection(
      OrdererEndpoint endpoint, ManagedChannel channel, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    ConnectivityState state = channel.getState(true);
    while (state == ConnectivityState.IDLE || state == ConnectivityState.CONNECTING) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      if (!changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new OrdererException(
            "could not dial endpoint '%s': failed to create new connection: context deadline exceeded"
                .formatted(endpoint.connectAddress()));
      }
      state = channel.getState(false);
    }
  }

  /**
   * The next reply.
   *
   * @return null if there is none in time
   * @throws OrdererException if the stream has ended
   */
  DeliverReply next(Duration timeout) throws InterruptedException {
    Object message = inbox.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    return switch (message) {
      case null -> null;
      case DeliverReply reply -> {
        taken(reply);
        yield reply;
      }
      case Closed closed ->
          throw new OrdererException(
              "orderer `%s` hung up without sending status: %s"
                  .formatted(
                      address, closed.status.isOk() ? "EOF" : RpcErrors.text(closed.status)));
      default -> throw new IllegalStateException("not a message of this inbox: " + message);
    };
  }

  private synchronized void received(DeliverReply reply) {
    requested--;
    buffered++;
    lastBytes = size(reply);
    bufferedBytes += lastBytes;
    inbox.add(reply);
  }

  private synchronized void taken(DeliverReply reply) {
    buffered--;
    bufferedBytes -= size(reply);
    requestMore();
  }

  private synchronized void requestMore() {
    while (requested + buffered < WINDOW_REPLIES
        && (requested + buffered == 0
            || bufferedBytes + (requested + 1) * lastBytes <= WINDOW_BYTES)) {
      requested++;
      call.request(1);
    }
  }

  private static long size(DeliverReply reply) {
    return reply instanceof DeliverReply.Delivered delivered ? delivered.block().size() : 0;
  }

  @Override
  public void close() {
    call.cancel("closed", null);
    channel.shutdownNow();
  }

  private final class Listener extends ClientCall.Listener<DeliverReply> {
    @Override
    public void onMessage(DeliverReply reply) {
      received(reply);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      inbox.add(new Closed(status));
    }
  }
}
