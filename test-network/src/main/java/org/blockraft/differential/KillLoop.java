package org.blockraft.differential;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/**
 * Kills our peer again and again while the channel is under load, and compares all its blocks with
 * those of a stock peer in the end. Where it is several nodes, the leader and a follower die in
 * turn.
 */
final class KillLoop {
  /** A life lasts between these, so that deaths fall into start, catch-up and steady work. */
  private static final long LIFE_MILLIS_MIN = 200;

  private static final long LIFE_MILLIS_MAX = 3000;
  private static final int ROUND_PROPOSALS = 30;

  private static final ProposalWitness NOBODY =
      new ProposalWitness() {
        @Override
        public void answered(long height, SignedProposal proposal, PeerConnection.Answer stock) {}
      };

  private final DifferentialNetwork network;
  private final OurPeer ours;
  private final Random random;
  private final Consumer<String> progress;
  private final AtomicBoolean enough = new AtomicBoolean();

  KillLoop(DifferentialNetwork network, OurPeer ours, long seed, Consumer<String> progress) {
    this.network = network;
    this.ours = ours;
    this.random = new Random(seed);
    this.progress = progress;
  }

  /** Kills so many times; returns what differs in the end. */
  List<Difference> run(int kills) {
    Party admin = network.user(network.ours, "Admin");
    ours.start();
    try (ChainDriver driver = new ChainDriver(network, random.nextLong(), NOBODY)) {
      try (PeerConnection any = network.connect(ours.nodes().getFirst())) {
        Preparation.join(any, admin, network.genesis());
      }
      ChainPlan.deploy(driver);
      // Not in the common pool, which is where news of ended processes is handled.
      ExecutorService thread = Executors.newSingleThreadExecutor();
      CompletableFuture<Void> load = CompletableFuture.runAsync(() -> load(driver), thread);
      try {
        for (int i = 1; i <= kills; i++) {
          live();
          NetworkPeer victim = ours.victim(i);
          ours.kill(victim);
          ours.start(victim);
          progress.accept("%s killed and started, %d times in all".formatted(victim.name(), i));
        }
      } finally {
        enough.set(true);
        load.orTimeout(1, TimeUnit.MINUTES).join();
        thread.shutdown();
      }
      List<PeerConnection> connections = ours.connect();
      try {
        LiveComparison comparison = new LiveComparison(connections, admin);
        comparison.reached(driver.chain().height());
        comparison.compareBlocks(driver.chain().blocks());
        progress.accept(
            "%d blocks, %d transactions"
                .formatted(driver.chain().height(), driver.chain().transactions()));
        return comparison.differences();
      } finally {
        connections.forEach(PeerConnection::close);
      }
    }
  }

  private void load(ChainDriver driver) {
    while (!enough.get()) {
      driver.round(ROUND_PROPOSALS);
    }
  }

  private void live() {
    long millis = random.nextLong(LIFE_MILLIS_MIN, LIFE_MILLIS_MAX);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
