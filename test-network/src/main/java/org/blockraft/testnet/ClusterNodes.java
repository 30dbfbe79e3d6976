package org.blockraft.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The nodes that are the peer of Org1 together, each a process of its own. */
final class ClusterNodes {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  /** A node takes 10 s at most to answer what it has; and this machine may be busy. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration ORDER_TIMEOUT = Duration.ofMinutes(1);
  private static final String READY = "Started peer with ID=";
  private static final String NAME = "org1";
  private static final String BUILDER_CONFIG = "CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG";

  /** The place of the builder in stock images; where it is not, ours is built in. */
  private static final Path BUILDER = Path.of("/opt/hyperledger/ccaas_builder");

  private final NetworkFolder folder;
  private final Processes processes;
  private final ClusterPlan plan;

  ClusterNodes(NetworkFolder folder, Processes processes, ClusterPlan plan) {
    this.folder = folder;
    this.processes = processes;
    this.plan = plan;
  }

  List<PeerPlace> places() {
    return plan.places(folder.ports()).toList();
  }

  /** Those whose process runs, paused or not. */
  List<PeerPlace> running() {
    return places().stream().filter(p -> processes.alive(p.process()).isPresent()).toList();
  }

  PeerPlace place(String name) {
    return places().stream()
        .filter(p -> p.process().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new NetworkException(
                    "there is no %s; the nodes are %s"
                        .formatted(
                            name,
                            places().stream()
                                .map(PeerPlace::process)
                                .collect(Collectors.joining(", ")))));
  }

  /** Starts all nodes at once and waits until each serves. */
  void startAll() {
    places().forEach(this::start);
    places().forEach(this::awaitReady);
  }

  /** Starts a node, with the data that it has. */
  void start(PeerPlace place) {
    Path config = folder.root().resolve(place.process());
    Path core = config.resolve("core.yaml");
    Template.writeCore(folder, NetworkFolder.ORG1, place, BUILDER, core);
    Path more = config.resolve("cluster.yaml");
    Template.write("cluster.yaml", values(place), more);
    append(more, core, place);
    int number = places().indexOf(place) + 1;
    processes.start(
        place.process(),
        command(place),
        Map.of(
            "FABRIC_CFG_PATH",
            config.toString(),
            BUILDER_CONFIG,
            ChaincodeServers.templateValues(folder.ports(), number)));
  }

  private Map<String, String> values(PeerPlace place) {
    EtcdServers etcd = etcd();
    return Map.of(
        "cluster", NAME,
        "name", place.process(),
        "linkPort", Integer.toString(place.linkPort()),
        "etcd", etcd.endpoints().stream().collect(Collectors.joining("\", \"", "\"", "\"")));
  }

  private List<String> command(PeerPlace place) {
    List<String> command =
        List.of(folder.distribution().resolve("bin/blockraft").toString(), "node", "start");
    return plan.isolated() ? namespaces().within(place, command) : command;
  }

  private static void append(Path from, Path to, PeerPlace place) {
    try {
      // The addresses of others in there are the hub's, which is this one or isolated too.
      String text = Files.readString(to) + Files.readString(from);
      Files.writeString(to, text.replace(NetworkPorts.HOST, place.host()), StandardCharsets.UTF_8);
      Files.delete(from);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loses every packet from and to a node. */
  void cut(PeerPlace place) {
    namespaces().cut(place);
  }

  /** Loses packets no more. */
  void heal(PeerPlace place) {
    namespaces().heal(place);
  }

  private NodeNamespaces namespaces() {
    if (!plan.isolated()) {
      throw new NetworkException(
          "nodes share one network here; those of: up -nodes 3 -isolate, as root, can be cut off");
    }
    return new NodeNamespaces(processes, folder.ports());
  }

  void awaitReady(PeerPlace place) {
    processes.awaitLog(place.process(), READY, START_TIMEOUT);
  }

  void kill(PeerPlace place) {
    processes.kill(place.process());
  }

  /** Asks a node to stop in good order, and waits until it has. */
  void stop(PeerPlace place) {
    if (!processes.stop(place.process(), STOP_TIMEOUT)) {
      throw new NetworkException(
          "%s did not stop in %d s".formatted(place.process(), STOP_TIMEOUT.toSeconds()));
    }
  }

  void killEtcd() {
    etcd().kill();
  }

  void startEtcd() {
    etcd()
        .start(
            EtcdServers.program(System.getenv())
                .orElseThrow(() -> new NetworkException(EtcdServers.MISSING)));
  }

  private EtcdServers etcd() {
    return new EtcdServers(folder, processes, plan.etcdMembers());
  }

  /** Runs {@code blockraft cluster} with the configuration of the first node. */
  void order(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(folder.distribution().resolve("bin/blockraft").toString(), "cluster"));
    command.addAll(List.of(arguments));
    Path config = folder.root().resolve(places().getFirst().process());
    processes.run(command, Map.of("FABRIC_CFG_PATH", config.toString()), ORDER_TIMEOUT);
  }

  /** Stops a node's clock, so to say: the process is there and does nothing. */
  void pause(PeerPlace place) {
    processes.signal(place.process(), "STOP");
  }

  void resume(PeerPlace place) {
    processes.signal(place.process(), "CONT");
  }
}
