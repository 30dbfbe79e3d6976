package org.blockraft.bench;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Clients that have one proposal in flight each, without a pause. The proposals are signed
 * beforehand and used again after some thousand others: an endorser has no memory of those that it
 * endorsed.
 */
final class ProposalLoad {
  private static final int LATENCIES_MAX = 1 << 20;
  private static final int STATUS_BAD = 400;
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e6;

  private final SignedProposal[] proposals;
  private final AtomicInteger next = new AtomicInteger();

  ProposalLoad(List<SignedProposal> proposals) {
    this.proposals = proposals.toArray(new SignedProposal[0]);
  }

  /**
   * What clients saw.
   *
   * @param latencies in order of size, in nanoseconds
   */
  record Outcome(long nanos, long[] latencies, long failed) {
    double perSecond() {
      return latencies.length * NANOS / nanos;
    }

    double millis(double share) {
      int last = latencies.length - 1;
      return last < 0 ? Double.NaN : latencies[(int) Math.round(last * share)] / MILLIS;
    }
  }

  /** One run of all clients. */
  private final class Run {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final long[] latencies = new long[LATENCIES_MAX];
    private final CountDownLatch working;
    private final long deadline;
    private final int most;

    Run(int clients, Duration time, int most) {
      this.working = new CountDownLatch(clients);
      this.deadline = System.nanoTime() + time.toNanos();
      this.most = Math.min(most, LATENCIES_MAX);
    }

    private void proceed(EndorserGrpc.EndorserStub stub) {
      if (System.nanoTime() > deadline || begun.incrementAndGet() > most || failure.get() != null) {
        working.countDown();
        return;
      }
      long start = System.nanoTime();
      stub.withDeadlineAfter(CALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
          .processProposal(
              proposals[Math.floorMod(next.getAndIncrement(), proposals.length)],
              new StreamObserver<>() {
                @Override
                public void onNext(ProposalResponse response) {
                  if (response.getResponse().getStatus() >= STATUS_BAD) {
                    failure.set(new NetworkException(response.getResponse().getMessage()));
                  }
                }

                @Override
                public void onError(Throwable e) {
                  failed.incrementAndGet();
                  failure.compareAndSet(null, e);
                  working.countDown();
                }

                @Override
                public void onCompleted() {
                  latencies[answered.getAndIncrement()] = System.nanoTime() - start;
                  proceed(stub);
                }
              });
    }
  }

  /**
   * Has proposals endorsed until the time is over or there were enough.
   *
   * @param connections shared by the clients in turn
   */
  Outcome run(List<ManagedChannel> connections, int clients, Duration time, int most) {
    Run run = new Run(clients, time, most);
    long start = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      run.proceed(
          EndorserGrpc.newStub(connections.get(i % connections.size()))
              .withExecutor(Runnable::run));
    }
    try {
      if (!run.working.await(time.plus(CALL_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS)) {
        throw new NetworkException("the peer does not answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkException("interrupted");
    }
    if (run.failure.get() != null) {
      throw new NetworkException("a proposal failed: " + run.failure.get());
    }
    long nanos = System.nanoTime() - start;
    long[] latencies = Arrays.copyOf(run.latencies, run.answered.get());
    Arrays.sort(latencies);
    return new Outcome(nanos, latencies, run.failed.get());
  }
}
