package org.blockraft.bench;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.blockraft.differential.Draft;
import org.blockraft.differential.OrdererConnection;
import org.blockraft.differential.Seek;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.common.Envelope;
import org.hyperledger.fabric.protos.peer.DeliverGrpc;
import org.hyperledger.fabric.protos.peer.DeliverResponse;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.FilteredTransaction;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.TxValidationCode;

/** Transactions on their whole way: endorsed, ordered, and seen committed in an event. */
final class EndToEnd {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final long IDLE_MILLIS = 5;
  private static final int BATCH_MAX = 100;

  private final BenchNetwork network;
  private final BenchClient client;
  private final List<ManagedChannel> endorsers;
  private final ManagedChannel events;
  private final Semaphore free;
  private final int count;
  private final Map<String, Long> begun = new ConcurrentHashMap<>();
  private final List<Long> latencies = new ArrayList<>();
  private final LinkedBlockingQueue<Envelope> endorsed;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final CountDownLatch committed;

  /**
   * @param endorsers taken in turn
   * @param events where commits are seen
   * @param count of transactions, {@code inFlight} of them at a time
   */
  EndToEnd(
      BenchNetwork network,
      BenchClient client,
      List<ManagedChannel> endorsers,
      ManagedChannel events,
      int count,
      int inFlight) {
    this.network = network;
    this.client = client;
    this.endorsers = endorsers;
    this.events = events;
    this.count = count;
    this.free = new Semaphore(inFlight);
    this.endorsed = new LinkedBlockingQueue<>(inFlight);
    this.committed = new CountDownLatch(count);
  }

  /** Runs them all; returns how long each took, and all together. */
  ProposalLoad.Outcome run(IntFunction<List<String>> arguments, int from) {
    listen();
    Thread ordering = Thread.ofPlatform().daemon().start(this::order);
    long start = System.nanoTime();
    try {
      for (int i = 0; i < count && failure.get() == null; i++) {
        if (!free.tryAcquire(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
          throw new NetworkException("no commits for a long time");
        }
        begin(client.proposal(arguments.apply(from + i)), endorsers.get(i % endorsers.size()));
      }
      boolean done = committed.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      if (!done || failure.get() != null) {
        throw new NetworkException("not all transactions were committed: " + failure.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkException("interrupted");
    } finally {
      ordering.interrupt();
    }
    long nanos = System.nanoTime() - start;
    synchronized (latencies) {
      return new ProposalLoad.Outcome(
          nanos, latencies.stream().mapToLong(Long::longValue).sorted().toArray(), 0);
    }
  }

  private void begin(Draft draft, ManagedChannel endorser) {
    begun.put(draft.txId(), System.nanoTime());
    EndorserGrpc.newStub(endorser)
        .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
        .processProposal(
            draft.signed(),
            new StreamObserver<>() {
              @Override
              public void onNext(ProposalResponse response) {
                endorsed.add(BenchClient.envelope(draft, BenchClient.checked(response)));
              }

              @Override
              public void onError(Throwable e) {
                fail(e);
              }

              @Override
              public void onCompleted() {
                // The response has come.
              }
            });
  }

  private void fail(Throwable e) {
    failure.compareAndSet(null, e);
  }

  private void order() {
    try (OrdererConnection orderer = network.orderer()) {
      while (true) {
        List<Envelope> batch = new ArrayList<>();
        batch.add(endorsed.take());
        endorsed.drainTo(batch, BATCH_MAX);
        BenchClient.broadcast(orderer, batch);
        TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void listen() {
    StreamObserver<Envelope> requests =
        DeliverGrpc.newStub(events)
            .deliverFiltered(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DeliverResponse response) {
                    response.getFilteredBlock().getFilteredTransactionsList().forEach(t -> seen(t));
                  }

                  @Override
                  public void onError(Throwable e) {
                    fail(e);
                  }

                  @Override
                  public void onCompleted() {
                    fail(new NetworkException("the events ended"));
                  }
                });
    requests.onNext(
        Seek.range(network.user("User1"), BenchNetwork.CHANNEL, client.height(), Long.MAX_VALUE));
  }

  private void seen(FilteredTransaction transaction) {
    Long start = begun.remove(transaction.getTxid());
    if (start == null) {
      return;
    }
    if (transaction.getTxValidationCode() != TxValidationCode.VALID) {
      fail(new NetworkException("a transaction is " + transaction.getTxValidationCode()));
    }
    synchronized (latencies) {
      latencies.add(System.nanoTime() - start);
    }
    free.release();
    committed.countDown();
  }
}
