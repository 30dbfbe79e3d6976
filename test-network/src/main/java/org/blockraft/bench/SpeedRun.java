package org.blockraft.bench;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.blockraft.testnet.PackageFile;
import org.blockraft.testnet.PeerPlace;
import org.hyperledger.fabric.protos.peer.SignedProposal;

/** Measures one contestant after the other on the same chain, chaincode and clients. */
final class SpeedRun {
  private static final String CHAINCODE = "bench";

  /** Connections of all clients together; a multiple of two to six nodes. */
  private static final int CONNECTIONS = 12;

  /** Signed proposals that clients take in turn. */
  private static final int PROPOSALS = 4096;

  private static final Duration WARMUP_MOST = Duration.ofMinutes(3);
  private static final Duration WARMUP_ROUND = Duration.ofSeconds(5);
  private static final int WARMUP_ROUNDS = 24;

  /** Share of the compilers in the processor time, below which they do not disturb. */
  private static final double COMPILERS_CALM = 0.04;

  private static final Duration CATCH_UP_POLL = Duration.ofMillis(250);
  private static final double NANOS = 1e9;
  private static final double MICROS = 1e6;

  private final BenchNetwork network;
  private final BenchPlan chain;
  private final SpeedPlan plan;
  private final PackageFile file;
  private final long height;
  private final Consumer<String> say;

  /** Names that no earlier run on the same chain has used. */
  private int submitted = (int) (InstantSource.system().millis() / 1000 % 1_000_000) * 1000;

  /**
   * @param height of the chain that the orderer has
   */
  SpeedRun(
      BenchNetwork network,
      BenchPlan chain,
      SpeedPlan plan,
      PackageFile file,
      long height,
      Consumer<String> say) {
    this.network = network;
    this.chain = chain;
    this.plan = plan;
    this.file = file;
    this.height = height;
    this.say = say;
  }

  SpeedResult measure(Contestant contestant) {
    try (PeerUnderTest peer = new PeerUnderTest(network, contestant)) {
      say.accept(contestant.title() + ": starting");
      peer.start();
      String address = peer.places().get(peer.leader()).address();
      try (BenchClient client = new BenchClient(network, CHAINCODE, address)) {
        return measure(contestant, peer, client);
      }
    }
  }

  private SpeedResult measure(Contestant contestant, PeerUnderTest peer, BenchClient client) {
    SpeedResult.CatchUp catchUp = catchUp(peer, client);
    say.accept("%s: catch-up %s".formatted(contestant.title(), catchUp.facts()));
    client.install(file);
    if (contestant.isApart()) {
      peer.places().stream().skip(1).map(PeerPlace::address).forEach(this::prepare);
    }
    List<SignedProposal> proposals =
        IntStream.range(0, PROPOSALS)
            .mapToObj(i -> client.proposal(chain.write(Integer.MAX_VALUE - i)).signed())
            .toList();
    List<Integer> all = IntStream.range(0, contestant.nodes()).boxed().toList();
    List<ManagedChannel> spread = peer.connect(all, CONNECTIONS);
    List<ManagedChannel> one = peer.connect(List.of(peer.leader()), CONNECTIONS);
    ProposalLoad load = new ProposalLoad(proposals);
    try {
      warmUp(contestant, peer, load, spread, one);
      peer.limit(plan.processors());
      load.run(spread, plan.clients(), plan.phase().dividedBy(2), Integer.MAX_VALUE);
      List<SpeedResult.Endorsement> onAll = new ArrayList<>();
      List<SpeedResult.Endorsement> onOne = new ArrayList<>();
      for (int i = 0; i < plan.repetitions(); i++) {
        onAll.add(endorse(peer, load, spread));
        say.accept("%s: spread %s".formatted(contestant.title(), onAll.getLast().facts()));
        onOne.add(contestant.isCluster() ? endorse(peer, load, one) : onAll.getLast());
        say.accept("%s: one node %s".formatted(contestant.title(), onOne.getLast().facts()));
      }
      SpeedResult.Committed committed = committed(peer, client, spread);
      peer.limit(1);
      double gap =
          contestant.isApart() ? Double.NaN : gap(contestant, peer, peer.leader(), proposals);
      return new SpeedResult(contestant, peer.isLimited(), catchUp, onAll, onOne, committed, gap);
    } finally {
      spread.forEach(ManagedChannel::shutdownNow);
      one.forEach(ManagedChannel::shutdownNow);
    }
  }

  /** Another peer, on the same channel with the same chaincode. */
  private void prepare(String address) {
    try (BenchClient client = new BenchClient(network, CHAINCODE, address)) {
      client.join();
      client.awaitHeight(height);
      client.install(file);
    }
  }

  /** Goes on until the compilers of a virtual machine have little left to do. */
  private void warmUp(
      Contestant contestant,
      PeerUnderTest peer,
      ProposalLoad load,
      List<ManagedChannel> spread,
      List<ManagedChannel> one) {
    load.run(spread, plan.clients(), WARMUP_MOST, plan.warmup() * contestant.nodes());
    for (int round = 0; round < WARMUP_ROUNDS; round++) {
      List<ProcessCpu> before = peer.cpu();
      load.run(round % 2 == 0 ? one : spread, plan.clients(), WARMUP_ROUND, Integer.MAX_VALUE);
      ProcessCpu used = used(before, peer.cpu()).stream().reduce(ProcessCpu::plus).orElseThrow();
      if (used.share("Compiler") < COMPILERS_CALM) {
        return;
      }
    }
  }

  private static List<ProcessCpu> used(List<ProcessCpu> before, List<ProcessCpu> after) {
    return IntStream.range(0, before.size())
        .mapToObj(i -> after.get(i).since(before.get(i)))
        .toList();
  }

  /** The first half warms the peer up with a whole processor for each process. */
  private SpeedResult.CatchUp catchUp(PeerUnderTest peer, BenchClient client) {
    client.join();
    long half = awaitHeight(client, height / 2);
    int leader = peer.leader();
    peer.limit(plan.processors());
    List<ProcessCpu> before = peer.cpu();
    long start = System.nanoTime();
    awaitHeight(client, height);
    long nanos = System.nanoTime() - start;
    List<ProcessCpu> after = peer.cpu();
    peer.limit(1);
    if (half >= height || peer.leader() != leader) {
      return SpeedResult.CatchUp.UNKNOWN;
    }
    double transactions = (height - half) * (double) BenchNetwork.BLOCK_TRANSACTIONS;
    ProcessCpu leading = after.get(leader).since(before.get(leader));
    long followers = 0;
    for (int i = 0; i < before.size(); i++) {
      followers += i == leader ? 0 : after.get(i).since(before.get(i)).total();
    }
    return new SpeedResult.CatchUp(
        transactions * NANOS / nanos,
        leading.total() / transactions,
        followers / transactions / Math.max(1, before.size() - 1),
        leading.per(transactions));
  }

  private static long awaitHeight(BenchClient client, long wanted) {
    long reached = client.height();
    while (reached < wanted) {
      LockSupport.parkNanos(CATCH_UP_POLL.toNanos());
      reached = client.height();
    }
    return reached;
  }

  private SpeedResult.Endorsement endorse(
      PeerUnderTest peer, ProposalLoad load, List<ManagedChannel> connections) {
    List<ProcessCpu> before = peer.cpu();
    ProposalLoad.Outcome outcome =
        load.run(connections, plan.clients(), plan.phase(), Integer.MAX_VALUE);
    List<ProcessCpu> used = used(before, peer.cpu());
    ProcessCpu all = used.stream().reduce(ProcessCpu::plus).orElseThrow();
    double operations = outcome.latencies().length;
    return new SpeedResult.Endorsement(
        outcome.perSecond(),
        all.total() / operations,
        all.per(operations),
        used.stream().map(u -> u.total() / MICROS * NANOS / outcome.nanos()).toList(),
        outcome.millis(0.5),
        outcome.millis(0.99));
  }

  private SpeedResult.Committed committed(
      PeerUnderTest peer, BenchClient client, List<ManagedChannel> spread) {
    ManagedChannel events = spread.getLast();
    EndToEnd transactions =
        new EndToEnd(network, client, spread, events, plan.submitted(), plan.submitters());
    List<ProcessCpu> before = peer.cpu();
    ProposalLoad.Outcome outcome = transactions.run(chain::write, chain.transactions() + submitted);
    submitted += plan.submitted();
    List<ProcessCpu> after = peer.cpu();
    double used = 0;
    for (int i = 0; i < before.size(); i++) {
      used += after.get(i).since(before.get(i)).total();
    }
    return new SpeedResult.Committed(
        outcome.perSecond(),
        used / plan.submitted(),
        outcome.millis(0.5),
        outcome.millis(0.95),
        outcome.millis(0.99));
  }

  /** One process is started again at once; of several, the clients are on those that stay. */
  private static double gap(
      Contestant contestant, PeerUnderTest peer, int leader, List<SignedProposal> proposals) {
    List<Integer> others =
        IntStream.range(0, contestant.nodes())
            .filter(i -> i != leader || !contestant.isCluster())
            .boxed()
            .toList();
    List<ManagedChannel> connections = peer.connect(others, CONNECTIONS);
    try {
      return new KillGap(connections, proposals)
          .around(
              () -> {
                peer.kill(leader);
                if (!contestant.isCluster()) {
                  peer.restart(leader);
                }
              });
    } finally {
      connections.forEach(ManagedChannel::shutdownNow);
    }
  }
}
