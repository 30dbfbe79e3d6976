package org.blockraft.differential;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.orderer.AtomicBroadcastGrpc;
import org.hyperledger.fabric.protos.orderer.BroadcastResponse;
import org.hyperledger.fabric.protos.orderer.DeliverResponse;

/** A connection to the orderer. One thread broadcasts. */
public final class OrdererConnection implements AutoCloseable {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final int ANSWERS_MAX = 10_000;

  private final ManagedChannel channel;
  private final BlockingQueue<Object> answers = new ArrayBlockingQueue<>(ANSWERS_MAX);
  private final StreamObserver<Envelope> broadcast;

  public OrdererConnection(String address, Path root) {
    this.channel = Connections.open(address, "localhost", root);
    this.broadcast =
        AtomicBroadcastGrpc.newStub(channel)
            .broadcast(
                new StreamObserver<>() {
                  @Override
                  public void onNext(BroadcastResponse response) {
                    answers.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answers.add(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answers.add("completed");
                  }
                });
  }

  /** Sends all, then waits for all answers, in order. */
  public void broadcast(List<Envelope> envelopes, Consumer<BroadcastResponse> each) {
    envelopes.forEach(broadcast::onNext);
    for (int i = 0; i < envelopes.size(); i++) {
      try {
        Object answer = answers.poll(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (!(answer instanceof BroadcastResponse response)) {
          throw new NetworkException("the orderer answers a broadcast with " + answer);
        }
        each.accept(response);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NetworkException("interrupted");
      }
    }
  }

  List<Block> blocks(Party reader, String channelId, long from, long to) {
    BlockStream<DeliverResponse> stream =
        new BlockStream<>(r -> r.hasBlock() ? r.getBlock() : r.getStatus());
    StreamObserver<Envelope> requests = AtomicBroadcastGrpc.newStub(channel).deliver(stream);
    requests.onNext(Seek.range(reader, channelId, from, to));
    List<Block> blocks = stream.take(to - from + 1, ANSWER_TIMEOUT);
    requests.onCompleted();
    return blocks;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
