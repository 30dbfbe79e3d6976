package org.blockraft.differential;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Block;

/** Collects the blocks of one deliver stream. */
final class BlockStream<T> implements StreamObserver<T> {
  /** Blocks on their way; the sender waits when it is full. */
  private static final int QUEUE_MAX = 64;

  private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final java.util.function.Function<T, Object> content;

  /**
   * @param content of a response: a block, or something else that ends the stream
   */
  BlockStream(java.util.function.Function<T, Object> content) {
    this.content = content;
  }

  @Override
  public void onNext(T response) {
    put(content.apply(response));
  }

  @Override
  public void onError(Throwable failure) {
    put(failure);
  }

  @Override
  public void onCompleted() {
    put("completed");
  }

  private void put(Object item) {
    try {
      queue.put(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Hands over {@code count} blocks in order; each must come within the time. */
  void take(long count, Duration each, Consumer<Block> sink) {
    for (long i = 0; i < count; i++) {
      Object item;
      try {
        item = queue.poll(each.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NetworkException("interrupted");
      }
      if (item instanceof Block block) {
        sink.accept(block);
      } else {
        throw new NetworkException(
            item == null ? "no block after " + each.toSeconds() + " s" : "no block but: " + item);
      }
    }
  }

  List<Block> take(long count, Duration each) {
    List<Block> blocks = new ArrayList<>();
    take(count, each, blocks::add);
    return blocks;
  }
}
