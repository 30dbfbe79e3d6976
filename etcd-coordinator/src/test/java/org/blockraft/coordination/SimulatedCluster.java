package org.blockraft.coordination;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.blockraft.coordination.EtcdPort.Condition;
import org.blockraft.coordination.EtcdPort.Effect;

/** Coordinators over one simulated etcd, and what must hold of them at each instant. */
final class SimulatedCluster {
  static final EtcdSettings SETTINGS = EtcdSettings.of(List.of("simulated:2379"), "test");
  static final String LEADER = SETTINGS.prefix() + "/leader";
  private static final String FENCED = SETTINGS.prefix() + "/facts/fenced";

  final SimulatedTime time;
  final SimulatedEtcd etcd;
  final List<Node> nodes = new ArrayList<>();
  final TreeMap<String, String> acknowledged = new TreeMap<>();
  private final Set<Long> deposed = new HashSet<>();
  private long termMax;
  private int incarnations;

  /** One name; its process may die and start again. */
  final class Node implements Coordinator.Listener {
    final String name;
    SimulatedLoop loop;
    SimulatedEtcdPort port;
    EtcdCoordinator coordinator;
    Optional<CoordinationException> refused = Optional.empty();
    ClusterView told = ClusterView.EMPTY;
    Optional<Term> toldTerm = Optional.empty();
    private String clusterId;
    private long ownTermMax;

    private Node(String name) {
      this.name = name;
      restart();
    }

    void restart() {
      restart(name + ":7070");
    }

    void restart(String address) {
      loop = time.loop();
      port = etcd.port();
      refused = Optional.empty();
      told = ClusterView.EMPTY;
      toldTerm = Optional.empty();
      coordinator =
          new EtcdCoordinator(
              loop,
              port,
              SETTINGS,
              new NodeInfo(name, address, name + "#" + incarnations++),
              Optional.ofNullable(clusterId),
              () -> "cluster-" + time.random().nextInt(1_000_000));
      coordinator.start(this);
    }

    void crash() {
      loop.crash();
      port.cutOff(true);
    }

    boolean leads() {
      return loop.isRunning() && coordinator.leading().isPresent();
    }

    @Override
    public void viewChanged(ClusterView view) {
      told = view;
      clusterId = coordinator.clusterId().orElse(null);
    }

    @Override
    public void leadingChanged(Optional<Term> term) {
      assertTrue(term.isPresent() != toldTerm.isPresent(), "told twice");
      toldTerm = term;
      if (term.isPresent()) {
        long revision = term.get().revision();
        assertTrue(revision > ownTermMax, "a term that ended begins again");
        ownTermMax = revision;
        if (!deposed.contains(revision)) {
          assertTrue(revision > termMax, "term " + revision + " after " + termMax);
          termMax = revision;
        }
      }
    }

    @Override
    public void factsChanged() {}

    @Override
    public void connectedChanged(boolean connected) {}

    @Override
    public void refused(CoordinationException reason) {
      refused = Optional.of(reason);
    }

    void put(String fact, String value) {
      acknowledge(fact, value, coordinator.put(fact, value.getBytes(StandardCharsets.UTF_8)));
    }

    void putFenced(Term term) {
      String value = Long.toString(term.revision());
      acknowledge(
          "fenced/" + value,
          value,
          coordinator.putFenced(term, "fenced/" + value, value.getBytes(StandardCharsets.UTF_8)));
    }

    private void acknowledge(String fact, String value, CompletableFuture<Boolean> answer) {
      var _ =
          answer.thenAccept(
              done -> {
                if (done) {
                  acknowledged.put(fact, value);
                }
              });
    }
  }

  SimulatedCluster(long seed, int size) {
    time = new SimulatedTime(seed);
    etcd = new SimulatedEtcd(time);
    etcd.observe(this::committing);
    for (int i = 0; i < size; i++) {
      nodes.add(new Node("n" + i));
    }
  }

  /** The fence: what a leader writes lands only in its term. */
  private void committing(EtcdPort.Transaction transaction) {
    long now = etcd.get(LEADER).map(EtcdPort.Entry::createRevision).orElse(0L);
    for (Effect effect : transaction.effects()) {
      if (effect instanceof Effect.Put put && put.key().startsWith(FENCED)) {
        String term = new String(put.value(), StandardCharsets.UTF_8);
        assertTrue(Long.toString(now).equals(term), "fenced write of " + term + " in " + now);
      }
      if (effect instanceof Effect.Delete(String key) && key.equals(LEADER)) {
        transaction
            .conditions()
            .forEach(
                condition -> {
                  if (condition instanceof Condition.CreatedAt(String of, long at)
                      && of.equals(LEADER)) {
                    deposed.add(at);
                  }
                });
      }
    }
  }

  /** At most one leads, but for one that was deposed alive and has not heard of it yet. */
  void check() {
    List<String> leaders = new ArrayList<>();
    for (Node node : nodes) {
      if (node.loop.isRunning()) {
        Optional<Term> term = node.coordinator.leading();
        if (term.isPresent() && !deposed.contains(term.get().revision())) {
          leaders.add(node.name + " in " + term.get().revision());
        }
      }
    }
    assertTrue(leaders.size() <= 1, () -> "leading at once: " + leaders);
  }

  void run(Duration duration) {
    time.run(duration, this::check);
  }

  boolean agreesOnLeader() {
    Optional<Leader> leader = nodes.getFirst().coordinator.view().leader();
    return leader.isPresent()
        && nodes.stream()
            .allMatch(
                node ->
                    node.coordinator.view().leader().equals(leader)
                        && node.told.equals(node.coordinator.view())
                        && node.coordinator.view().members().size() == nodes.size()
                        && node.leads() == node.name.equals(leader.get().node()));
  }

  Node leader() {
    return nodes.stream().filter(Node::leads).findFirst().orElseThrow();
  }

  Node follower() {
    return nodes.stream().filter(node -> !node.leads()).findFirst().orElseThrow();
  }

  /** Waits in virtual time; fails with the seed. */
  void until(String what, BooleanSupplier condition, Duration limit) {
    assertTrue(
        time.runUntil(condition, limit, this::check),
        () -> what + " not within " + limit + ", seed " + time.seed());
  }
}
