package org.blockraft.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.blockraft.differential.OrdererConnection;
import org.blockraft.testnet.NetworkException;
import org.blockraft.testnet.PackageFile;

/** Makes the chain and lets each peer replay it and endorse. */
final class BenchRun {
  private static final String CHAINCODE = "bench";

  private final BenchNetwork network;
  private final BenchPlan plan;
  private final Path chainFile;
  private final Consumer<String> say;
  private final PackageFile file;

  BenchRun(BenchNetwork network, BenchPlan plan, Path chainFile, Consumer<String> say) {
    this.network = network;
    this.plan = plan;
    this.chainFile = chainFile;
    this.say = say;
    this.file = PackageFile.ofServer("bench_1", network.chaincodeAddress());
  }

  /** Starts everything but peers, and makes the chain unless it is there; returns its height. */
  long prepare() throws IOException {
    network.start();
    network.startChaincode(plan.chaincode(), file.id());
    return Files.exists(chainFile) ? recorded() : makeChain();
  }

  PackageFile file() {
    return file;
  }

  void run(BenchReport report) throws IOException {
    long height = prepare();
    for (int run = 1; run <= plan.repetitions(); run++) {
      for (String peer : plan.peers()) {
        BenchResult result = measure(peer, run, height);
        say.accept(result.line());
        report.add(result);
      }
    }
  }

  private long recorded() throws IOException {
    Map<?, ?> chain = new ObjectMapper().readValue(chainFile.toFile(), Map.class);
    if (!Integer.valueOf(plan.transactions()).equals(chain.get("transactions"))) {
      throw new NetworkException("the chain in the folder has another length: " + chain);
    }
    return ((Number) chain.get("height")).longValue();
  }

  private long makeChain() throws IOException {
    String maker = plan.peers().getFirst();
    say.accept("making a chain of %d transactions ...".formatted(plan.transactions()));
    network.startPeer(maker, network.peerCommand(maker.equals("stock")));
    try (BenchClient client = new BenchClient(network, CHAINCODE);
        OrdererConnection orderer = network.orderer()) {
      client.join();
      client.install(file);
      client.define(file, orderer);
      long blocks = client.height();
      int block = BenchNetwork.BLOCK_TRANSACTIONS;
      for (int made = 0; made < plan.transactions(); made += block) {
        int count = Math.min(block, plan.transactions() - made);
        BenchClient.broadcast(orderer, client.transactions(plan::write, made, count));
        blocks++;
      }
      client.awaitHeight(blocks);
      long height = client.height();
      new ObjectMapper()
          .writeValue(
              chainFile.toFile(), Map.of("transactions", plan.transactions(), "height", height));
      return height;
    } finally {
      network.processes().stop(maker);
    }
  }

  private BenchResult measure(String peer, int run, long height) {
    long pid = network.startPeer(peer, network.peerCommand(peer.equals("stock")));
    try (BenchClient client = new BenchClient(network, CHAINCODE)) {
      BenchResult.Phase catchUp =
          phase(
              pid,
              plan.transactions(),
              () -> {
                client.join();
                client.awaitHeight(height);
              });
      client.install(file);
      client.endorse(plan::read, 0, plan.warmup() / 2);
      client.endorse(plan::write, plan.transactions(), plan.warmup() / 2);
      BenchResult.Phase read =
          phase(
              pid,
              plan.proposals(),
              () -> client.endorse(plan::read, plan.warmup(), plan.proposals()));
      BenchResult.Phase write =
          phase(
              pid,
              plan.proposals(),
              () -> client.endorse(plan::write, plan.transactions(), plan.proposals()));
      return new BenchResult(peer, run, catchUp, read, write);
    } finally {
      network.processes().stop(peer);
    }
  }

  private static BenchResult.Phase phase(long pid, long operations, Runnable work) {
    ProcessCpu before = ProcessCpu.of(pid);
    long start = System.nanoTime();
    work.run();
    long nanos = System.nanoTime() - start;
    return new BenchResult.Phase(operations, nanos, ProcessCpu.of(pid).since(before));
  }
}
