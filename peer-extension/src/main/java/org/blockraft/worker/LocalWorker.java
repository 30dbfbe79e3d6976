package org.blockraft.worker;

import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.blockraft.endorse.ProposalRejected;
import org.hyperledger.fabric.protos.peer.ProposalResponse;

/** The worker of this node. */
public final class LocalWorker implements Worker {
  private final String name;
  private final Function<SimulationTask, ProposalResponse> endorser;
  private final ToLongFunction<String> heights;
  private final BooleanSupplier trusted;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final SmoothedLoad load = new SmoothedLoad();

  /**
   * @param endorser {@code Endorser.process}
   * @param heights number of blocks that are committed on a channel, announced or not; zero when
   *     the channel is not joined
   * @param trusted whether the state here may be used: not when other nodes have another one
   */
  public LocalWorker(
      String name,
      Function<SimulationTask, ProposalResponse> endorser,
      ToLongFunction<String> heights,
      BooleanSupplier trusted) {
    this.name = name;
    this.endorser = endorser;
    this.heights = heights;
    this.trusted = trusted;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long height(String channelId) {
    return heights.applyAsLong(channelId);
  }

  @Override
  public ProposalResponse simulate(SimulationTask task) {
    outstanding.incrementAndGet();
    return counted(task);
  }

  private ProposalResponse counted(SimulationTask task) {
    // What simulation opens, such as a stream to a chaincode, must outlive the client's call.
    Context before = Context.ROOT.attach();
    try {
      if (!trusted.getAsBoolean() && !task.channelId().isEmpty()) {
        throw new ProposalRejected(
            "the state of this node is not that of the others, and none of these can be reached");
      }
      return endorser.apply(task);
    } finally {
      outstanding.decrementAndGet();
      Context.ROOT.detach(before);
    }
  }

  /**
   * Simulates for another node, which has joined the channel and has announced the height that the
   * task asks for. Invariant: nothing is simulated on a lower one.
   *
   * @throws WorkerLost when this node is behind
   */
  public ProposalResponse simulateForOther(SimulationTask task) {
    requireHeight(task);
    return simulate(task);
  }

  /** The same without making the caller wait for more than the look at the height. */
  public CompletableFuture<ProposalResponse> submitForOther(SimulationTask task) {
    requireHeight(task);
    return submit(task);
  }

  private void requireHeight(SimulationTask task) {
    if (!trusted.getAsBoolean()) {
      throw new WorkerLost(name + " has another state than the other nodes", null);
    }
    if (!task.channelId().isEmpty()) {
      long height = height(task.channelId());
      if (height == 0 || height < task.minimumHeight()) {
        throw new WorkerLost(
            "%s is at height %d of %s, not %d"
                .formatted(name, height, task.channelId(), task.minimumHeight()),
            null);
      }
    }
  }

  @Override
  public CompletableFuture<ProposalResponse> submit(SimulationTask task) {
    // Counted from now on: what waits for a thread is work to do.
    outstanding.incrementAndGet();
    return CompletableFuture.supplyAsync(() -> counted(task), Thread::startVirtualThread);
  }

  @Override
  public boolean isAvailable() {
    return trusted.getAsBoolean();
  }

  @Override
  public int outstanding() {
    return outstanding.get();
  }

  @Override
  public double load() {
    return load.value();
  }

  /** Looks how much there is to do; called by one thread with each heartbeat. */
  public double sample() {
    return load.sample(outstanding.get());
  }
}
