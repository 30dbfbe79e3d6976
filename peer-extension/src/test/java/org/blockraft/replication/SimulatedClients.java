package org.blockraft.replication;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.blockraft.coordination.SimulatedTime;
import org.blockraft.endorse.ProposalRejected;

/**
 * What clients do: transactions through any node, few or many at a time, and now and then a new
 * channel or package. A request to a node that lives is answered, and never from older state than
 * that node has shown.
 */
final class SimulatedClients {
  private static final int BURST_MAX = 24;
  private static final int PACKAGES_MAX = 3;
  private static final Duration PAUSE_MAX = Duration.ofMillis(700);

  private final SimulatedCluster cluster;
  private final SimulatedTime time;
  private final Random random;
  private final Map<Integer, SimulatedProcess> open = new LinkedHashMap<>();
  private int requests;
  private int joined = 1;
  private int packages;
  private boolean over;

  SimulatedClients(SimulatedCluster cluster) {
    this.cluster = cluster;
    this.time = cluster.time();
    this.random = time.random();
    act();
  }

  private void act() {
    if (over) {
      return;
    }
    SimulatedNode node = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    if (node.isRunning()) {
      switch (random.nextInt(10)) {
        case 0 -> join(node.process());
        case 1 -> install(node.process());
        case 2, 3 -> propose(node.process(), BURST_MAX);
        default -> propose(node.process(), 2);
      }
    }
    time.after(time.between(Duration.ofMillis(1), PAUSE_MAX), this::act);
  }

  /** No new requests. */
  void end() {
    over = true;
  }

  /** Every request was answered but for those whose node died. */
  boolean areServed() {
    return open.values().stream().noneMatch(process -> !process.loop().isCrashed());
  }

  /** Runs one request in a thread of the node that it came to. */
  private void request(SimulatedProcess ingress, Runnable work) {
    int number = requests++;
    open.put(number, ingress);
    ingress
        .threads()
        .start(
            "client",
            () -> {
              work.run();
              open.remove(number);
            });
  }

  private void propose(SimulatedProcess ingress, int most) {
    List<String> channelIds = ingress.channelIds();
    if (channelIds.isEmpty()) {
      return;
    }
    String channelId = channelIds.get(random.nextInt(channelIds.size()));
    int proposals = 1 + random.nextInt(most);
    for (int i = 0; i < proposals; i++) {
      ToyTransaction.Kind kind =
          random.nextInt(3) == 0 ? ToyTransaction.Kind.PRIVATE : ToyTransaction.Kind.PUBLIC;
      ToyTransaction transaction = new ToyTransaction(kind, requests);
      request(ingress, () -> propose(ingress, channelId, transaction));
    }
  }

  private void propose(SimulatedProcess ingress, String channelId, ToyTransaction transaction) {
    long shown = ingress.channel(channelId).orElseThrow().announced();
    long height;
    try {
      height = ingress.proposals().propose(channelId, transaction);
    } catch (ProposalRejected e) {
      cluster
          .checks()
          .that(
              transaction.kind() == ToyTransaction.Kind.PRIVATE,
              ingress,
              "refuses a proposal",
              e.getMessage());
      return;
    }
    cluster.checks().that(height >= shown, ingress, "answers from", height, "has shown", shown);
    cluster.orderer(channelId).submit(transaction);
  }

  private void join(SimulatedProcess process) {
    if (joined < SimulatedCluster.CHANNELS.size()) {
      String channelId = SimulatedCluster.CHANNELS.get(joined++);
      request(
          process,
          () -> {
            process.holdings().join(SimulatedHoldings.genesis(channelId));
            try {
              process.sharing().joined(SimulatedHoldings.genesis(channelId), channelId);
            } catch (IllegalStateException e) {
              return; // the client was told so, and some nodes may have it
            }
            cluster
                .checks()
                .acknowledged(process, node -> node.everJoined(channelId), "channel " + channelId);
          });
    }
  }

  private void install(SimulatedProcess process) {
    if (packages < PACKAGES_MAX) {
      String id = "package" + packages++;
      ByteString file = ByteString.copyFromUtf8(id);
      request(
          process,
          () -> {
            process.holdings().install(file);
            try {
              process.sharing().installed(id, file);
            } catch (IllegalStateException e) {
              return;
            }
            cluster.checks().acknowledged(process, node -> node.everInstalled(id), id);
          });
    }
  }
}
