package org.blockraft.bench;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.blockraft.testnet.NetworkException;
import org.hyperledger.fabric.protos.peer.EndorserGrpc;
import org.hyperledger.fabric.protos.peer.ProposalResponse;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** A few clients that go on whatever happens, and how long they went without an endorsement. */
final class KillGap {
  private static final int CLIENTS = 8;
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration BEFORE = Duration.ofSeconds(2);
  private static final Duration AFTER_LEAST = Duration.ofSeconds(3);
  private static final Duration AFTER_MOST = Duration.ofMinutes(2);
  private static final int OK = 200;
  private static final double MILLIS = 1e6;

  private final List<ManagedChannel> connections;
  private final List<SignedProposal> proposals;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private long last;
  private long longest;

  KillGap(List<ManagedChannel> connections, List<SignedProposal> proposals) {
    this.connections = connections;
    this.proposals = proposals;
  }

  /** Has something killed; returns the longest time without an endorsement, in milliseconds. */
  double around(Runnable kill) {
    for (int i = 0; i < CLIENTS; i++) {
      ManagedChannel connection = connections.get(i % connections.size());
      Thread.ofVirtual().start(() -> work(connection));
    }
    LockSupport.parkNanos(BEFORE.toNanos());
    synchronized (this) {
      longest = 0;
    }
    kill.run();
    long killed = System.nanoTime();
    while (System.nanoTime() - killed < AFTER_LEAST.toNanos() || !isBack(killed)) {
      if (System.nanoTime() - killed > AFTER_MOST.toNanos()) {
        throw new NetworkException("no endorsement after a kill");
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    ended.set(true);
    synchronized (this) {
      return longest / MILLIS;
    }
  }

  private synchronized boolean isBack(long killed) {
    return last - killed > AFTER_LEAST.toNanos() / 2;
  }

  private synchronized void succeeded() {
    long now = System.nanoTime();
    if (last != 0) {
      longest = Math.max(longest, now - last);
    }
    last = now;
  }

  private void work(ManagedChannel connection) {
    while (!ended.get()) {
      SignedProposal proposal =
          proposals.get(Math.floorMod(next.getAndIncrement(), proposals.size()));
      EndorserGrpc.newStub(connection)
          .withDeadlineAfter(AFTER_LEAST.toSeconds(), TimeUnit.SECONDS)
          .processProposal(
              proposal,
              new StreamObserver<>() {
                @Override
                public void onNext(ProposalResponse response) {
                  if (response.getResponse().getStatus() == OK) {
                    succeeded();
                  }
                }

                @Override
                public void onError(Throwable e) {
                  // The next one is on its way.
                }

                @Override
                public void onCompleted() {
                  // Counted when the response came.
                }
              });
      LockSupport.parkNanos(PAUSE.toNanos());
      connection.resetConnectBackoff();
    }
  }
}
